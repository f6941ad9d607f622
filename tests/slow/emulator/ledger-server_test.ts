/**
 * An emulator whose ledger is a libSQL server, which the bridge plays here.
 * @module
 */
import assert from "node:assert/strict";
import { startBridge } from "../../../emulator/bridge/server.ts";
import { send, within } from "../../support/mesh.ts";
import { readFile, runMain, startProcess } from "../../support/mesh-process.ts";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "perigee-server-" });
  await run(folder);
  await Deno.remove(folder, { recursive: true });
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("With PERIGEE_LEDGER_URL=libsql://...?tls=0 receipts reach that server, and the data folder has no ledger", () =>
  inFolder(async (folder) => {
    const token = crypto.randomUUID();
    const file = `${folder}/server.db`;
    const bridge = await startBridge({ file, token });
    const data = `${folder}/data`;
    const mesh = await startProcess({
      PERIGEE_DATA: data,
      PERIGEE_LEDGER_URL: bridge.url.replace("http:", "libsql:") + "?tls=0",
      PERIGEE_LEDGER_TOKEN: token,
    });
    try {
      const body = {
        parameters: { origin_lat: 20, origin_lon: 30 },
        inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
      };
      const { key } = mesh;
      const reply = await send(`${mesh.url}/v2/models/drive-rss/infer`, { key, body });
      assert.equal(reply.status, 200, reply.text);
      await within(10_000, "the receipt", () => {
        const [row] = readFile(file, "SELECT id FROM receipts");
        return Promise.resolve(row?.id === reply.body.parameters.execution_id || null);
      });
      assert.equal(await mesh.interrupt(), 0);
    } finally {
      await mesh.killAll();
      await bridge.close();
    }
    assert.equal(await exists(`${data}/ledger.db`), false);
  }));

Deno.test("A ledger server that is away, or a URL that is none, is one sentence and exits with 1", () =>
  inFolder(async (folder) => {
    const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = closed.addr;
    closed.close();
    for (
      const [url, says] of [
        [`http://127.0.0.1:${port}`, /The server at PERIGEE_LEDGER_URL is no usable ledger: /],
        ["wss://ledger.example", /PERIGEE_LEDGER_URL must be libsql:\/\//],
        [
          "libsql://ledger.example?tls=0&authToken=s3cret",
          /PERIGEE_LEDGER_URL must be libsql:\/\//,
        ],
      ] as const
    ) {
      const env = { PERIGEE_DATA: `${folder}/data`, PORT: "0" };
      for (const args of [[`--ledger=${url}`], ["--ledger", url]]) {
        const { code, stdout, stderr } = await runMain(args, env);
        assert.equal(code, 1, stdout);
        assert.match(stderr, says);
        assert.match(stderr, /^Perigee did not start: [^\n]+\n$/);
        assert.ok(!stderr.includes("s3cret"));
      }
    }
  }));
