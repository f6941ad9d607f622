/**
 * The ledger is away for a minute, under load: nobody notices but who looks at the backlog.
 * @module
 */
import assert from "node:assert/strict";
import { makeKey } from "../../contract/api-key.ts";
import { type Mesh, meshTest, sleep, within } from "../support/mesh.ts";

const test = meshTest();

const OUTAGE_MS = 60_000;
const CONNECTIONS = 4;
// Some forty asks a second: what an outage does shows in each, and a hundred of them are needed.
const PAUSE_MS = 25;
const INFER = "/v2/models/drive-rss/infer";

/** Asks without end, from all over a city, until told to stop. */
class Load {
  readonly ids: string[] = [];
  readonly failures: string[] = [];
  readonly #connections: Promise<void>[];
  #stopped = false;

  constructor(mesh: Mesh, key: string) {
    this.#connections = Array.from({ length: CONNECTIONS }, async (_, connection) => {
      for (let i = 0; !this.#stopped; i++) {
        const body = {
          parameters: { origin_lat: 20 + connection, origin_lon: 30 + (i % 100) / 100 },
          inputs: [
            { name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] },
          ],
        };
        const reply = await mesh.call(INFER, { key, body });
        if (reply.status === 200) this.ids.push(reply.body.parameters.execution_id);
        else this.failures.push(`${reply.status} ${reply.text}`);
        await sleep(PAUSE_MS);
      }
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#connections);
  }
}

test("With the ledger away for 60 s under load no inference fails, none is lost, and the backlog drains", async (mesh) => {
  const key = await mesh.tenant("steady");
  const load = new Load(mesh, key);
  const answered = () => load.ids.length >= 10 * CONNECTIONS || null;
  await within(20_000, `answers (${load.failures[0]})`, answered);
  const before = load.ids.length;
  const bringBack = await mesh.emulator.ledger.takeAway();
  await sleep(OUTAGE_MS);
  const during = load.ids.length - before;
  const { body: { total } } = await mesh.admin("/v1/backlog");
  assert.ok(total.waiting > 0 && total.failures > 0, JSON.stringify(total));
  // What needs the ledger says so, and nothing else does.
  const usage = await mesh.call("/v1/usage", { key });
  assert.equal(usage.status, 503, usage.text);
  await bringBack();
  await load.stop();
  assert.deepEqual(load.failures, []);
  assert.ok(during > 100, `${during} asks while the ledger was away`);

  await within(60_000, "an empty backlog", async () => {
    const { body: { total } } = await mesh.admin("/v1/backlog");
    const rows = await mesh.rows("SELECT count(*) AS n FROM receipts WHERE tenant_id = 'steady'");
    return (total.waiting === 0 && Number(rows[0].n) >= load.ids.length) || null;
  });
  const rows = await mesh.rows("SELECT id FROM receipts WHERE tenant_id = 'steady' ORDER BY id");
  assert.deepEqual(rows.map(({ id }) => id), load.ids.toSorted());
});

test("A revoked key ends within 10 s after the ledger is back, an unknown one is 503 while it is away, and one of no known form 401", async (mesh) => {
  const key = await mesh.tenant("leaving");
  assert.equal((await mesh.call("/v1/limits", { key })).status, 200);
  const bringBack = await mesh.emulator.ledger.takeAway();
  const bytes = (into: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(into);
  const stranger = await mesh.call("/v1/limits", { key: makeKey(bytes) });
  assert.equal(stranger.status, 503, stranger.text);
  for (const nobody of ["z".repeat(42), makeKey(bytes).slice(0, -1), makeKey(bytes, "pga_")]) {
    const refused = await mesh.call("/v1/limits", { key: nobody });
    assert.equal(refused.status, nobody.startsWith("pga_") ? 503 : 401, refused.text);
  }
  await bringBack();
  const { body: { data: [{ id }] } } = await mesh.admin("/v1/tenants/leaving/keys");
  const revoked = await mesh.admin(`/v1/tenants/leaving/keys/${id}`, { method: "DELETE" });
  assert.equal(revoked.status, 204, revoked.text);
  await within(10_000, "the key's end", async () => {
    const { status } = await mesh.call("/v1/limits", { key });
    return status === 401 || null;
  });
});

test("A key that was revoked a moment before the ledger goes away is refused within 10 s, and as long as it is away", async (mesh) => {
  const [key, other] = [await mesh.tenant("fired"), await mesh.tenant("hired")];
  const infers = async (key: string) => {
    const body = {
      parameters: { origin_lat: 20, origin_lon: 30 },
      inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
    };
    return (await mesh.call(INFER, { key, body })).status;
  };
  assert.deepEqual([await infers(key), await infers(other)], [200, 200]);
  const { body: { data: [{ id }] } } = await mesh.admin("/v1/tenants/fired/keys");
  const revoked = await mesh.admin(`/v1/tenants/fired/keys/${id}`, { method: "DELETE" });
  const bringBack = await mesh.emulator.ledger.takeAway();
  assert.equal(revoked.status, 204, revoked.text);
  await within(10_000, "the key's end", async () => await infers(key) !== 200 || null);
  const until = performance.now() + 8_000;
  while (performance.now() < until) {
    assert.equal(await infers(key), 503, "nobody knows it, and nobody can be asked");
    assert.equal(await infers(other), 200, "a key that was not revoked goes on");
    await sleep(200);
  }
  await bringBack();
  await within(10_000, "the ledger's word", async () => await infers(key) === 401 || null);
});
