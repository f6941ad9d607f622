/**
 * Ready means that an inference is possible: at the start, during an outage, and with a ledger that is
 * behind. The tests follow one another in one mesh.
 * @module
 */
import assert from "node:assert/strict";
import { startBridge } from "../../emulator/bridge/server.ts";
import { readSettings } from "../../emulator/settings.ts";
import { startEmulator } from "../../emulator/start.ts";
import { type Mesh, meshTest, type Reply, within } from "../support/mesh.ts";

const test = meshTest({}, { warm: true });

const PATHS = [
  "/v2/health/ready",
  "/v2/models/drive-rss/ready",
  "/v2/models/drive-rss/versions/1/ready",
];
const INFER = "/v2/models/drive-rss/infer";
const ASK = {
  parameters: { origin_lat: 48.86, origin_lon: 2.35 },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};

const readiness = (mesh: Mesh, path = PATHS[0]): Promise<Reply> => mesh.call(path, { key: null });

const becomes = (mesh: Mesh, status: number): Promise<Reply> =>
  within(20_000, `${status} of ${PATHS[0]}`, async () => {
    const reply = await readiness(mesh);
    return reply.status === status ? reply : null;
  });

Deno.test({
  name:
    "A mesh whose ledger has never answered is live and not ready, says why, and becomes ready with the ledger",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "perigee-ready-" });
    const [file, token] = [`${folder}/server.db`, crypto.randomUUID()];
    const first = await startBridge({ file, token });
    const { port } = new URL(first.url);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port: own } = listener.addr as Deno.NetAddr;
    listener.close();
    const env: Record<string, string> = {
      PORT: `${own}`,
      PERIGEE_DATA: `${folder}/data`,
      PERIGEE_LEDGER_URL: first.url,
      PERIGEE_LEDGER_TOKEN: token,
    };
    const settings = readSettings((name) => env[name], Date.now());
    let closed: Promise<void> | undefined;
    // It goes away after its migrations, and before workerd asks it for the first time.
    const starting = startEmulator(settings, {
      say: (step) => {
        if (step === "Starting workerd") closed = first.close();
      },
    });
    const url = `http://localhost:${own}`;
    const at = async (path: string) => {
      const response = await fetch(url + path).catch(() => null);
      return response && { status: response.status, body: await response.json() };
    };
    await within(30_000, "an answer", () => at("/v2/health/live"));
    await closed;
    for (const path of PATHS) {
      const { status, body } = (await at(path))!;
      assert.deepEqual([status, body.ready], [503, false], path);
      assert.match(body.error, /ledger has not answered/, path);
    }
    assert.deepEqual(await at("/v2/health/live"), { status: 200, body: { live: true } });
    const second = await startBridge({ file, token, port: Number(port) });
    // Which waits until the mesh is ready.
    const emulator = await starting;
    await within(20_000, "ready", async () => (await at(PATHS[0]))!.status === 200 || null);
    for (const path of PATHS) {
      const { status, body } = (await at(path))!;
      assert.deepEqual([status, body.ready, body.error], [200, true, undefined], path);
    }
    assert.equal((await at("/v2/models/none/ready"))!.status, 404);
    await emulator.close();
    await second.close();
    await Deno.remove(folder, { recursive: true });
  },
});

test("A start loads the models by one node, whatever else it asks, and leaves no receipt", async (mesh) => {
  const nodes = () => mesh.emulator.runtime.listDurableObjectIds("NODES");
  const warmed = await nodes();
  assert.equal(warmed.length, 1);
  assert.equal((await readiness(mesh)).status, 200);
  assert.deepEqual(await nodes(), warmed);
  assert.deepEqual(await mesh.rows("SELECT * FROM receipts"), []);
});

test("An outage of a ledger that has been heard of stays ready, as inference goes on", async (mesh) => {
  assert.equal((await mesh.call(INFER, { body: ASK })).status, 200);
  const bringBack = await mesh.emulator.ledger.takeAway();
  // Longer than what a ledger cache and an isolate take for fresh.
  const until = performance.now() + 6_000;
  while (performance.now() < until) {
    const { status, text } = await readiness(mesh);
    assert.equal(status, 200, text);
    const inference = await mesh.call(INFER, { body: ASK });
    assert.equal(inference.status, 200, inference.text);
  }
  await bringBack();
});

test("A hundred who ask at once make no object beyond those of an inference", async (mesh) => {
  const { runtime } = mesh.emulator;
  const objects = async () => {
    const kinds = ["LEDGER_CACHES", "ALMANACS", "NODES", "TENANTS"];
    return await Promise.all(
      kinds.map(async (kind) => (await runtime.listDurableObjectIds(kind)).length),
    );
  };
  const before = await objects();
  const replies = await Promise.all(Array.from({ length: 100 }, () => readiness(mesh)));
  assert.ok(replies.every(({ status }) => status === 200));
  assert.deepEqual(await objects(), before);
});

test("A ledger that lacks a column or a table of this release is not ready until it is migrated", async (mesh) => {
  await mesh.rows("ALTER TABLE lease_closings RENAME TO mislaid");
  const { body } = await becomes(mesh, 503);
  assert.match(body.error, /lacks migrations/);
  await mesh.rows("ALTER TABLE mislaid RENAME TO lease_closings");
  await becomes(mesh, 200);
});
