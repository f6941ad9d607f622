/**
 * Kills workerd and the ledger again and again under writers, and then reads what is on disk, with
 * nothing of ours in between: what was answered is there once, nothing was charged twice, no budget was
 * overrun.
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { send, sleep, within } from "../../support/mesh.ts";
import { allDelivered, undelivered } from "../../support/mesh-process.ts";
import { seeded } from "../../support/random.ts";
import { Processes } from "./processes.ts";
import { Writers } from "./writers.ts";

export interface Plan {
  workerd: number;
  ledger: number;
  writers: number;
  seed: number;
  /** Micro-credits of the tenant that has a budget: less than its writers would use. */
  budget: number;
  say?: (text: string) => void;
}

export interface Outcome {
  asks: number;
  answered: number;
  receipts: number;
  /** Receipts of asks whose answer was lost. */
  unseen: number;
  charged: number;
  budget: number;
  killed: { workerd: number; ledger: number };
}

/** Throws if anything was lost, charged twice, or charged beyond the budget. */
export async function killAndCount(plan: Plan): Promise<Outcome> {
  const { say = () => {} } = plan;
  const data = await Deno.makeTempDir({ prefix: "perigee-kills-" });
  const processes = await Processes.start(data);
  let writers: Writers;
  try {
    const { url } = processes.told;
    const keys = await makeTenants(processes, plan.budget);
    writers = new Writers(url, keys, plan.writers);
    await killThem(plan, processes, writers);
    await writers.reaches(writers.answered + plan.writers);
    await writers.stop();
    say(`${writers.answered} of ${writers.asks.length} asks were answered; waiting for receipts`);
    await within(180_000, "an empty backlog", async () => {
      const answer = await send(`${url}/v1/backlog`, { key: processes.told.secrets.admin_token });
      const { waiting, poison } = answer.body?.total ?? {};
      assert.equal(poison ?? 0, 0, "the ledger refuses what a node wrote");
      // Nodes' outboxes are not counted there: each is emptied within some seconds of a restart.
      return waiting === 0 ? await allDelivered(data) : null;
    });
    await processes.end();
  } finally {
    await processes.killAll();
  }
  assert.equal(await undelivered(data), 0, "executions have not reached the ledger");
  const { workerd, ledger } = processes.killed;
  assert.deepEqual([workerd.size, ledger.size], [plan.workerd, plan.ledger], "live kills");
  const outcome = count(`${data}/ledger.db`, writers, plan.budget);
  await Deno.remove(data, { recursive: true });
  return { ...outcome, killed: { workerd: workerd.size, ledger: ledger.size } };
}

async function makeTenants(
  { told: { url, secrets } }: Processes,
  budget_microcredits: number,
): Promise<{ free: string; budgeted: string }> {
  const admin = async (method: string, path: string, body: object) => {
    const reply = await send(`${url}${path}`, { method, key: secrets.admin_token, body });
    assert.ok(reply.status < 300, `${path}: ${reply.text}`);
    return reply.body;
  };
  const keyOf = async (id: string): Promise<string> => {
    await admin("POST", "/v1/tenants", { id, name: id });
    return (await admin("POST", `/v1/tenants/${id}/keys`, { name: "kills" })).key;
  };
  const keys = { free: await keyOf("free"), budgeted: await keyOf("budgeted") };
  const limits = { budget_microcredits, requests_per_minute: null };
  await admin("PUT", "/v1/tenants/budgeted/limits", limits);
  return keys;
}

/** In a random order, each once some more were answered. */
async function killThem(plan: Plan, processes: Processes, writers: Writers): Promise<void> {
  const random = seeded(plan.seed);
  const left = { workerd: plan.workerd, ledger: plan.ledger };
  const all = left.workerd + left.ledger;
  for (let done = 0; done < all; done++) {
    await writers.reaches(writers.answered + Math.ceil(plan.writers / 4));
    await sleep(random.between(0, 400));
    const isLedger = random.chance(left.ledger / (left.workerd + left.ledger));
    if (isLedger) {
      left.ledger--;
      await processes.killLedger();
      await sleep(random.between(0, 1_500));
      await processes.startLedger();
    } else {
      left.workerd--;
      await processes.killWorkerd();
    }
    plan.say?.(`${done + 1} of ${all} kills, ${writers.answered} answers`);
  }
}

/** Reads the ledger's file as any other program could. */
function count(path: string, { asks }: Writers, budget: number): Omit<Outcome, "killed"> {
  const file = new DatabaseSync(path, { readOnly: true });
  const rows = <Row>(sql: string) => file.prepare(sql).all() as Row[];
  assert.deepEqual(rows("PRAGMA integrity_check").map((row) => ({ ...row as object })), [
    { integrity_check: "ok" },
  ]);
  const receipts = rows<{ id: string; tenant_id: string; charge_microcredits: number }>(
    "SELECT id, tenant_id, charge_microcredits FROM receipts",
  );
  const lons = new Map(
    rows<{ id: string; origin_lon: number }>("SELECT id, origin_lon FROM placements")
      .map(({ id, origin_lon }) => [id, origin_lon]),
  );
  const [{ charged }] = rows<{ charged: number }>(
    "SELECT coalesce(sum(charge_microcredits), 0) AS charged FROM receipts WHERE tenant_id = 'budgeted'",
  );
  file.close();

  const known = new Set(receipts.map(({ id }) => id));
  assert.equal(known.size, receipts.length, "a receipt is there twice");
  assert.deepEqual([...lons.keys()].sort(), [...known].sort(), "receipts and placements differ");
  const answered = asks.filter(({ id }) => id !== null);
  const lost = answered.filter(({ id }) => !known.has(id!));
  assert.deepEqual(lost, [], "answered executions are lost");
  // By where it came from: an ask that ran twice under two ids would have two rows.
  const perLon = Map.groupBy([...lons], ([, lon]) => lon);
  for (const [lon, ids] of perLon) {
    assert.equal(ids.length, 1, `${lon} was charged ${ids.length} times`);
  }
  const asked = new Set(asks.map(({ lon }) => lon));
  assert.ok([...perLon.keys()].every((lon) => asked.has(lon)), "somebody else's ask was charged");
  assert.ok(charged <= budget, `${charged} charged of ${budget}`);
  return {
    asks: asks.length,
    answered: answered.length,
    receipts: receipts.length,
    unseen: receipts.length - answered.length,
    charged,
    budget,
  };
}
