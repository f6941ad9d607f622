import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { createClient } from "@libsql/client/web";
import { startBridge } from "../../../emulator/bridge/server.ts";
import { within } from "../../support/within.ts";

const SCRIPT = fileURLToPath(new URL("../../support/bridge-process.ts", import.meta.url));

/** Starts a bridge in another process, on the same file each time. */
async function bridgeProcess(file: string, token: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", SCRIPT, file, token],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.stdout.getReader();
  const { value } = await output.read();
  return {
    url: new TextDecoder().decode(value).trim(),
    async kill() {
      child.kill("SIGKILL");
      await child.status;
      await output.cancel();
    },
  };
}

Deno.test("Every acknowledged row survives kill -9 of the bridge, and a batch is there whole or not", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perigee-bridge-" });
  const token = crypto.randomUUID();
  const file = `${folder}/ledger.db`;
  const acknowledged: number[] = [];
  for (let round = 0; round < 3; round++) {
    const bridge = await bridgeProcess(file, token);
    const client = createClient({ url: bridge.url, authToken: token });
    await client.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, half TEXT) STRICT");
    let killed = false;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let i = 0; !killed; i++) {
        const id = 2 * (round * 1e6 + writer * 1e5 + i);
        const insert = "INSERT INTO t VALUES (?, ?)";
        const batch = [{ sql: insert, args: [id, "a"] }, { sql: insert, args: [id + 1, "b"] }];
        const done = await client.batch(batch, "write").then(() => true, () => false);
        if (done) acknowledged.push(id);
      }
    });
    // In the middle of its work: it has acknowledged some, and is at others.
    const enough = acknowledged.length + 40;
    await within(30_000, "40 batches", () => acknowledged.length >= enough || null, 1);
    await bridge.kill();
    killed = true;
    await Promise.all(writers);
  }

  const bridge = await startBridge({ file, token });
  const client = createClient({ url: bridge.url, authToken: token });
  const check = await client.execute("PRAGMA integrity_check");
  assert.equal(check.rows[0].integrity_check, "ok");
  const { rows } = await client.execute("SELECT id FROM t");
  const ids = new Set(rows.map(({ id }) => id as number));
  const lost = acknowledged.filter((id) => !ids.has(id));
  assert.deepEqual(lost, [], `${lost.length} of ${acknowledged.length} acknowledged batches lost`);
  for (const id of ids) assert.ok(ids.has(id ^ 1), `only one half of batch ${id} is there`);
  await bridge.close();
  await Deno.remove(folder, { recursive: true });
});
