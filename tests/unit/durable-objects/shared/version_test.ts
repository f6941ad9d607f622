/**
 * What a newer release has written or sent, in the hands of this one: fields that it does not know stay,
 * and what it cannot read is refused before anything changes.
 * @module
 */
import assert from "node:assert/strict";
import { Inbox } from "../../../../durable-objects/collector/inbox.ts";
import { COLLECTOR_MIGRATIONS } from "../../../../durable-objects/collector/migrations.ts";
import { NO_CUSTODY } from "../../../../durable-objects/custody/custody-record.ts";
import { CustodyStore } from "../../../../durable-objects/custody/custody-store.ts";
import { LEDGER_CACHE_MIGRATIONS } from "../../../../durable-objects/ledger-cache/migrations.ts";
import { StaleIfError } from "../../../../durable-objects/ledger-cache/stale-if-error.ts";
import { account } from "../../../../durable-objects/node/account.ts";
import { IdentityStore } from "../../../../durable-objects/node/identity-store.ts";
import { type Job, jobVersion } from "../../../../durable-objects/node/job.ts";
import { NODE_MIGRATIONS } from "../../../../durable-objects/node/migrations.ts";
import { Outbox } from "../../../../durable-objects/node/outbox.ts";
import { Register } from "../../../../durable-objects/registrar/register.ts";
import { REGISTRAR_MIGRATIONS } from "../../../../durable-objects/registrar/migrations.ts";
import { RegisterStore } from "../../../../durable-objects/registrar/register-store.ts";
import { isReadable, VERSIONS } from "../../../../durable-objects/shared/version.ts";
import { type Execution, executionVersion } from "../../../../ledger/execution.ts";
import { recordExecutions } from "../../../../ledger/record-executions.ts";
import { LAUNCH_PRICES } from "../../../../mesh/billing/receipt.ts";
import { begin } from "../../../../mesh/node/admit.ts";
import { DEFAULT_PROFILE } from "../../../../mesh/node/profile.ts";
import { advance, type NodeState } from "../../../../mesh/node/state.ts";
import { epochMs, joules, seconds, watts } from "../../../../mesh/units.ts";
import { memorySql } from "../../../support/memory-sql.ts";
import type { Json } from "../../../support/mesh.ts";
import { seeded } from "../../../support/random.ts";
import { randomExecutions } from "../../../support/random-executions.ts";
import { temporaryLedger } from "../../../support/temporary-ledger.ts";
import { anyState, NEVER_LIT } from "../../mesh/node/any-node.ts";

const NOW_MS = Date.UTC(2026, 10, 26);
const NEWER = { shade: { deep: ["of a newer release"] } };
const quiet = () => {};

/** One that a newer release has added to, at every level. */
function newerExecution(): Json {
  const [{ receipt, placement }] = randomExecutions(1, 1);
  return { receipt: { ...receipt, ...NEWER }, placement: { ...placement, ...NEWER }, ...NEWER };
}

/** Over RPC: what arrives is a copy. */
const sent = <T>(value: T): T => structuredClone(value);

Deno.test("Fields added to an execution without raising its version go whole from outbox to inbox to ledger, which keeps what it has columns for", async () => {
  const execution = newerExecution();
  const arrived: Json[] = [];
  const inbox = new Inbox({
    sql: memorySql(COLLECTOR_MIGRATIONS),
    record: (executions) => Promise.resolve(arrived.push(...executions)),
    batch_max: 100,
    refusal: () => null,
    warn: quiet,
  });
  const sql = memorySql(NODE_MIGRATIONS);
  const outbox = new Outbox({
    sql,
    collect: (executions) => Promise.resolve(inbox.add(sent(executions))),
    warn: quiet,
    wait: () => Promise.resolve(),
  }, NOW_MS);
  outbox.keep(execution, NOW_MS);
  await outbox.deliver(() => NOW_MS);
  assert.equal(outbox.due_at, null);
  await inbox.drain(NOW_MS);
  assert.deepEqual(arrived, [{ ...execution, v: executionVersion(execution) }]);

  await using temporary = await temporaryLedger();
  assert.equal(await recordExecutions(temporary.ledger, arrived, 1), 1);
  const { rows } = await temporary.ledger.$client.execute(
    "SELECT * FROM receipts r JOIN placements p ON p.id = r.id",
  );
  // Dropped for good: so a new field has to raise the version.
  const known = Object.keys(execution.placement).filter((name) => name !== "shade");
  for (const name of known) assert.ok(name in rows[0], name);
  assert.ok(!("shade" in rows[0]));
});

Deno.test("A row and an RPC message with a field of a newer release are read by this one without loss: its version is raised, and it is set aside whole", async () => {
  const execution = { ...newerExecution(), v: VERSIONS.execution + 1 };
  const sql = memorySql(NODE_MIGRATIONS);
  sql.exec(
    "INSERT INTO outbox (id, execution) VALUES (?, ?)",
    execution.receipt.id,
    JSON.stringify(execution),
  );
  const recorded: Execution[] = [];
  const inbox = memorySql(COLLECTOR_MIGRATIONS);
  const collection = new Inbox({
    sql: inbox,
    record: (executions) => Promise.resolve(recorded.push(...executions)),
    batch_max: 100,
    refusal: () => null,
    warn: quiet,
  });
  const outbox = new Outbox({
    sql,
    collect: (executions) => Promise.resolve(collection.add(sent(executions))),
    warn: quiet,
    wait: () => Promise.resolve(),
  }, NOW_MS);
  await outbox.deliver(() => NOW_MS);
  await collection.drain(NOW_MS);
  assert.deepEqual(recorded, [], "the ledger would drop the field");
  const [aside] = collection.poison("", 10);
  assert.deepEqual(JSON.parse(aside.execution), execution);
  // After the upgrade an operator retries it: it waits again as it came, for whoever reads it.
  assert.ok(collection.retry(execution.receipt.id));
  const [{ execution: waits }] = inbox.exec<{ execution: string }>("SELECT execution FROM inbox")
    .toArray();
  assert.deepEqual(JSON.parse(waits), execution);
});

Deno.test("An execution of a newer version passes an older outbox and waits, set aside, until it can be read", async () => {
  const version = VERSIONS.execution + 1;
  const { receipt } = newerExecution();
  // It says the rest in another way.
  const execution = { v: version, receipt: { id: receipt.id, lease_id: "l" }, where: {} };
  const [old] = randomExecutions(1, 2);
  const arrived: Execution[] = [];
  const inbox = new Inbox({
    sql: memorySql(COLLECTOR_MIGRATIONS),
    record: (executions) => Promise.resolve(arrived.push(...executions)),
    batch_max: 100,
    refusal: () => null,
    warn: quiet,
  });
  const sql = memorySql(NODE_MIGRATIONS);
  for (const one of [execution, old] as Json[]) {
    sql.exec(
      "INSERT INTO outbox (id, execution) VALUES (?, ?)",
      one.receipt.id,
      JSON.stringify(one),
    );
  }
  const outbox = new Outbox({
    sql,
    collect: (executions) => Promise.resolve(inbox.add(sent(executions))),
    warn: quiet,
    wait: () => Promise.resolve(),
  }, NOW_MS);
  await outbox.deliver(() => NOW_MS);
  assert.deepEqual(inbox.holding(["l"]), ["l"], "its lease stays open");
  await inbox.drain(NOW_MS);
  assert.deepEqual(arrived, [old], "release 7ab9cf5's, without a version, is read");
  const [aside] = inbox.poison("", 10);
  assert.match(aside.reason, new RegExp(`version ${version}, of a newer release`));
  assert.deepEqual(JSON.parse(aside.execution), execution);
});

Deno.test("What an isolate of a newer release says of a run is on its execution", () => {
  const [{ receipt, placement }] = randomExecutions(1, 3);
  const job = {
    id: receipt.id,
    address: { node: receipt.node, region: "weur" },
    demand: { operations: 1 },
    bill: { ...receipt, ...NEWER },
    prices: LAUNCH_PRICES,
    placement: { ...placement, ...NEWER },
  } as unknown as Job;
  const turn = {
    starts: epochMs(NOW_MS),
    ends: epochMs(NOW_MS + 1),
    run: seconds(1e-3),
    npu: seconds(1e-3),
    energy: joules(0.02),
    asked_ms: 0,
    outputs: Promise.resolve([]),
  };
  const ran: Json = account(job, turn, {
    arrived: epochMs(NOW_MS),
    outputs: [],
    ephemerisAt: () => null,
  });
  assert.deepEqual([ran.receipt.shade, ran.placement.shade], [NEWER.shade, NEWER.shade]);
});

Deno.test("A register's sources have a version on disk and none in answers; those of release 7ab9cf5 have none", () => {
  const sql = memorySql(REGISTRAR_MIGRATIONS);
  const register = new Register(new RegisterStore(sql));
  const old = { epoch: 1, region: "weur" } as const;
  sql.exec(
    `INSERT INTO holders (node, epoch, region, sources, service, service_version)
     VALUES ('n', 1, 'weur', ?, 'up', 0)`,
    JSON.stringify([old]),
  );
  const claimed: Json = register.claim({ node: "n", epoch: 2, region: "apac", holds: null });
  assert.deepEqual(claimed.sources, [old]);
  const stored = () => {
    const [{ sources }] = sql.exec<{ sources: string }>("SELECT sources FROM holders").toArray();
    return JSON.parse(sources);
  };
  const v = VERSIONS.custody;
  assert.deepEqual(stored(), [{ epoch: 2, region: "apac", v }, { ...old, v }]);
  assert.deepEqual(register.setService("n", "drained").holder, { epoch: 2, region: "apac" });
  // As messages bring them: with a version, which counts in no comparison.
  register.confirm("n", sent({ epoch: 2, region: "apac", v }));
  assert.deepEqual(stored(), [{ epoch: 2, region: "apac", v }]);
  register.release("n", sent({ epoch: 2, region: "apac", v }));
  assert.deepEqual(stored(), []);
});

Deno.test("A register's row of a newer version is refused and stays, and hides no node that is not up", () => {
  const sql = memorySql(REGISTRAR_MIGRATIONS);
  const register = new Register(new RegisterStore(sql));
  register.claim({ node: "n", epoch: 1, region: "weur", holds: null });
  register.setService("n", "failed");
  register.setService("m", "drained");
  const newer = JSON.stringify([{ v: VERSIONS.custody + 1, held: "in another way" }]);
  sql.exec("UPDATE holders SET sources = ? WHERE node = 'n'", newer);
  const claim = () => register.claim({ node: "n", epoch: 2, region: "apac", holds: null });
  assert.throws(claim, /custody of version \d+ was written by a newer release/);
  const [{ sources }] = sql.exec("SELECT sources FROM holders WHERE node = 'n'").toArray();
  assert.equal(sources, newer);
  assert.deepEqual(register.services().map(({ node, service }) => [node, service.state]), [
    ["m", "drained"],
    ["n", "failed"],
  ]);
});

Deno.test("A node's state keeps a newer release's fields on disk, through time, runs and crossings", () => {
  const store = new CustodyStore<NodeState>(memorySql(NODE_MIGRATIONS));
  const state = { ...anyState(seeded(1), NOW_MS, DEFAULT_PROFILE), ...NEWER };
  const holding = { epoch: 7, state };
  store.save({ ...NO_CUSTODY, holding }, {
    kind: "received",
    of: 6,
    epoch: 7,
    peer: "weur",
    state: sent(state),
  });
  assert.deepEqual(store.load()!.holding, holding);
  assert.deepEqual(store.crossings()[0].state, state);
  const later = advance(
    store.load()!.holding!.state!,
    epochMs(NOW_MS + 1e6),
    DEFAULT_PROFILE,
    NEVER_LIT,
  );
  const lease = {
    draw: watts(20),
    npu: seconds(1),
    model: { model: "drive-rss", bytes: 1 },
  } as Parameters<typeof begin>[1];
  const ran: Json = begin(later, lease, epochMs(NOW_MS + 1e6), DEFAULT_PROFILE, []);
  assert.deepEqual(ran.shade, NEWER.shade);
});

Deno.test("Columns that a newer release has added outlast a row that this one writes again", () => {
  const sql = memorySql(NODE_MIGRATIONS);
  const store = new CustodyStore<NodeState>(sql);
  store.save(NO_CUSTODY);
  sql.exec("ALTER TABLE custodies ADD COLUMN shade TEXT");
  sql.exec("UPDATE custodies SET shade = 'deep'");
  store.save({ ...NO_CUSTODY, due: "confirm" });
  assert.deepEqual(sql.exec("SELECT due, shade FROM custodies").toArray(), [
    { due: "confirm", shade: "deep" },
  ]);

  const rows = memorySql(REGISTRAR_MIGRATIONS);
  const register = new RegisterStore(rows);
  const row = {
    node: "n",
    claim: null,
    sources: [],
    service: { state: "up", version: 0 },
  } as const;
  register.save({ ...row, sources: [{ epoch: 1, region: "weur", ...NEWER }] as Json });
  rows.exec("ALTER TABLE holders ADD COLUMN shade TEXT");
  rows.exec("UPDATE holders SET shade = 'deep'");
  register.save({ ...register.load("n")!, service: { state: "drained", version: 1 } });
  const [{ sources, shade }] = rows.exec("SELECT sources, shade FROM holders").toArray();
  assert.deepEqual([JSON.parse(sources as string)[0].shade, shade], [NEWER.shade, "deep"]);
});

Deno.test("A state or an address of a newer version is refused, and stays on disk as it is", () => {
  const sql = memorySql(NODE_MIGRATIONS);
  const store = new CustodyStore<NodeState>(sql);
  store.save({
    ...NO_CUSTODY,
    holding: { epoch: 7, state: anyState(seeded(2), 0, DEFAULT_PROFILE) },
  });
  const newer = JSON.stringify({ v: VERSIONS.custody + 1, charge: "in another unit" });
  sql.exec("UPDATE custodies SET state = ?", newer);
  assert.throws(() => store.load(), /custody of version \d+ was written by a newer release/);
  assert.deepEqual(sql.exec("SELECT state FROM custodies").toArray(), [{ state: newer }]);

  const identity = new IdentityStore(sql);
  const address = { node: "n", region: "weur", elements: {}, ...NEWER } as Json;
  identity.keep(address);
  assert.deepEqual(identity.address(), address);
  sql.exec("UPDATE addresses SET address = ?", JSON.stringify({ v: VERSIONS.address + 1 }));
  assert.throws(() => identity.address(), /address of version \d+ was written by a newer release/);
});

Deno.test("A ledger cache takes release 7ab9cf5's rows, and asks the ledger for what a newer version has kept", async () => {
  const sql = memorySql(LEDGER_CACHE_MIGRATIONS);
  const known = new StaleIfError({ sql, warn: quiet });
  const row = (name: string, value: unknown) =>
    sql.exec(
      "INSERT OR REPLACE INTO known (name, value, asked_ms) VALUES (?, ?, ?)",
      name,
      JSON.stringify(value),
      NOW_MS,
    );
  const of = (name: string, says: object) =>
    known.of<object>(name, () => Promise.resolve(says), () => NOW_MS);
  row("prices", [{ id: "launch" }]);
  assert.deepEqual(await of("prices", [{ id: "asked" }]), [{ id: "launch" }]);
  for (const newer of [{ v: VERSIONS.cached + 1 }, [{ v: VERSIONS.cached + 1 }]]) {
    row("key", newer);
    assert.deepEqual(await of("key", { id: "asked" }), { id: "asked" });
    assert.deepEqual(await of("key", { id: "not asked again" }), { id: "asked" });
  }
});

Deno.test("A job of a built-in model is read by the release before, and one of an uploaded model is not", () => {
  const uploaded = {
    tenant_id: "t",
    name: "m",
    version: "1",
    sha256: "0".repeat(64),
    object: "t/key",
    file_bytes: 1,
  };
  // What release 7ab9cf5 and those after it have read before uploads.
  const BEFORE = 1;
  assert.ok(jobVersion(null) <= BEFORE);
  assert.ok(jobVersion(uploaded) > BEFORE);
  for (const one of [null, uploaded]) assert.ok(isReadable("job", { v: jobVersion(one) }));
});

Deno.test("An execution with a radio profile is of the version that this release writes, one without of a version before, so that an older collector takes it", () => {
  const [{ receipt, placement }] = randomExecutions(1, 3);
  const tokens = { ...receipt, prompt_tokens: 1, completion_tokens: 0 };
  const heard = { ...placement, radio: "starlink", modelled_access_ms: 12.5 };
  assert.equal(executionVersion({ receipt: tokens, placement: heard }), VERSIONS.execution);
  assert.equal(executionVersion({ receipt, placement: heard }), VERSIONS.execution);
  assert.equal(executionVersion({ receipt: tokens, placement }), 2);
  assert.equal(executionVersion({ receipt, placement }), 1);
});
