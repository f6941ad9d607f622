/**
 * kill -9 of the emulator, of workerd and of both, under load: there is never more than one mesh on a
 * folder, and every run that was answered has its receipt in the ledger soon after the next start, though
 * nobody uses its node again.
 *
 * Two kills of each; PERIGEE_TEST_KILLS=10 makes ten of each, which takes some three minutes.
 * @module
 */
import assert from "node:assert/strict";
import { readSettings } from "../../emulator/settings.ts";
import { startEmulator } from "../../emulator/start.ts";
import { send, within } from "../support/mesh.ts";
import {
  descendants,
  kill9,
  type MeshProcess,
  readFile,
  runMain,
  startProcess,
  stillRunning,
} from "../support/mesh-process.ts";

const KILLS = Number(Deno.env.get("PERIGEE_TEST_KILLS") || 2);
const CONNECTIONS = 8;
const ANSWERS_PER_KILL = 40;
const ORPHAN_MS_MAX = 2_000;
const RECEIPTS_MS_MAX = 10_000;

type Process = Awaited<ReturnType<typeof descendants>>[number];

/** Asks on every connection until one is not answered. */
class Load {
  readonly #connections: Promise<void>[];
  readonly #answered: Set<string>;
  readonly #before: number;

  constructor(mesh: MeshProcess, answered: Set<string>) {
    this.#answered = answered;
    this.#before = answered.size;
    this.#connections = Array.from({ length: CONNECTIONS }, async (_, connection) => {
      for (let i = 0;; i++) {
        const id = await infer(mesh, connection * 40 - 160 + i / 1_000);
        if (id === null) return;
        answered.add(id);
      }
    });
  }

  reaches(count: number): Promise<boolean> {
    const reached = () => Promise.resolve(this.#answered.size - this.#before >= count || null);
    return within(60_000, `${count} answers`, reached, 1);
  }

  async ended(): Promise<void> {
    await Promise.all(this.#connections);
  }
}

async function infer(
  { url, key }: Pick<MeshProcess, "url" | "key">,
  lon: number,
): Promise<string | null> {
  const body = {
    parameters: { origin_lat: 20, origin_lon: lon },
    inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
  };
  try {
    const reply = await send(`${url}/v2/models/drive-rss/infer`, { key, body });
    // Between its death and its next life workerd may refuse what it cannot finish.
    return reply.status === 200 ? reply.body.parameters.execution_id : null;
  } catch {
    return null;
  }
}

const workerdOf = async (mesh: MeshProcess): Promise<Process> => {
  const found = (await descendants(mesh.pid)).find(({ args }) => args.includes("workerd serve"));
  assert.ok(found, "no workerd");
  return found;
};

function receiptsArrive(data: string, answered: Set<string>, after: string): Promise<boolean> {
  return within(RECEIPTS_MS_MAX, `a receipt for each of ${answered.size} runs, ${after}`, () => {
    const ids = new Set(
      readFile(`${data}/ledger.db`, "SELECT id FROM receipts").map(({ id }) => id),
    );
    return Promise.resolve(answered.difference(ids).size === 0 || null);
  });
}

const gone = (process: Process): Promise<boolean> =>
  within(
    ORPHAN_MS_MAX,
    "the end of a workerd without its emulator",
    async () => (await stillRunning([process])).length === 0 || null,
  );

Deno.test(`After ${3 * KILLS} kill -9 of the emulator, of workerd and of both there was one mesh at a time, and no receipt is missing`, async () => {
  const data = await Deno.makeTempDir({ prefix: "perigee-one-" });
  const answered = new Set<string>();
  let mesh = await startProcess({ PERIGEE_DATA: data });
  try {
    for (let kill = 0; kill < 3 * KILLS; kill++) {
      const what = (["emulator", "workerd", "both"] as const)[kill % 3];
      const workerd = await workerdOf(mesh);
      const load = new Load(mesh, answered);
      await load.reaches(ANSWERS_PER_KILL);
      if (what !== "emulator") kill9(workerd.pid);
      if (what !== "workerd") kill9(mesh.pid);
      await load.ended();
      if (what === "workerd") {
        await within(30_000, "workerd's next life", async () => {
          const next = (await descendants(mesh.pid)).find(({ args }) =>
            args.includes("workerd serve")
          );
          return (next && next.pid !== workerd.pid && mesh.printed().includes("serves again")) ||
            null;
        });
      } else {
        await mesh.status;
        // Every other time at once, while the old workerd may still be there.
        if (kill % 2 === 0) await gone(workerd);
        mesh = await startProcess({ PERIGEE_DATA: data });
      }
      assert.deepEqual(await stillRunning([workerd]), [], "two meshes on one folder");
      await receiptsArrive(data, answered, `after kill ${kill} (${what})`);
    }
    assert.ok(answered.size >= 3 * KILLS * ANSWERS_PER_KILL);
    assert.equal(await mesh.interrupt(), 0, mesh.printed());
  } finally {
    await mesh.killAll();
  }
  assert.equal(readFile(`${data}/ledger.db`, "PRAGMA integrity_check")[0].integrity_check, "ok");
  await Deno.remove(data, { recursive: true });
});

Deno.test("A second emulator on a folder is refused, whatever its port, and told by which process", async () => {
  const data = await Deno.makeTempDir({ prefix: "perigee-one-" });
  const mesh = await startProcess({ PERIGEE_DATA: data });
  try {
    for (const PORT of ["0", new URL(mesh.url).port]) {
      const { code, stderr } = await runMain([], { PERIGEE_DATA: data, PORT });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^Perigee did not start: The data folder .+ set PERIGEE_DATA to another/,
      );
      assert.ok(stderr.includes(data) && stderr.includes(`process ${mesh.pid} since`), stderr);
    }
    assert.equal(await mesh.interrupt(), 0);
  } finally {
    await mesh.killAll();
  }
  await Deno.remove(data, { recursive: true });
});

Deno.test("What an outage of the ledger left with collectors is delivered at once at the next start", async () => {
  const data = await Deno.makeTempDir({ prefix: "perigee-one-" });
  const settings = readSettings((name) => ({ PORT: "0", PERIGEE_DATA: data })[name], Date.now());
  const first = await startEmulator(settings, { warm: false });
  const answered = new Set<string>();
  try {
    const mesh = { url: first.url, key: first.secrets.dev_key };
    const run = async (lon: number) => {
      const id = await infer(mesh, lon);
      assert.ok(id !== null, `no answer to ${lon} E`);
      answered.add(id);
    };
    // Key and prices are known from here on.
    await run(0);
    await receiptsArrive(data, answered, "before the outage");
    await first.ledger.takeAway();
    for (let lon = -160; lon < 180; lon += 20) await run(lon);
    const key = first.secrets.admin_token;
    // Asked again after 1, 2, 4, 8 and 16 s: its alarm lies far ahead then.
    await within(60_000, "a collector that waits long", async () => {
      const { body } = await send(`${first.url}/v1/backlog`, { key });
      return body.total.failures >= 5 || null;
    });
  } finally {
    await first.close();
  }
  assert.equal(readFile(`${data}/ledger.db`, "SELECT id FROM receipts").length, 1);
  const second = await startEmulator(settings, { warm: false });
  try {
    await receiptsArrive(data, answered, "after an outage");
  } finally {
    await second.close();
  }
  await Deno.remove(data, { recursive: true });
});

Deno.test("Where workerd is killed before it serves again the emulator says so and exits with 1", async () => {
  const data = await Deno.makeTempDir({ prefix: "perigee-one-" });
  const mesh = await startProcess({ PERIGEE_DATA: data });
  try {
    let ended = false;
    const status = mesh.status.finally(() => ended = true);
    await within(60_000, "the end of the emulator", async () => {
      const next = await mesh.workerd();
      if (next) kill9(next);
      return ended || null;
      // It needs some hundred milliseconds to serve, and each look is a process of its own.
    }, 20);
    assert.equal((await status).code, 1);
    assert.match(mesh.printed(), /^workerd died and cannot be started again: /m);
    assert.match(mesh.printed(), /Ending: what was answered is kept$/m);
  } finally {
    await mesh.killAll();
  }
  await Deno.remove(data, { recursive: true });
});
