/**
 * kill -9 in the middle of a language model's stream: what its caller had read is charged, once, and
 * little more.
 * @module
 */
import assert from "node:assert/strict";
import { type Json, within } from "../support/mesh.ts";
import { type MeshProcess, readFile, startProcess } from "../support/mesh-process.ts";
import { enginesSetting, startEngineServer } from "../support/openai-server.ts";

const STREAMS = 6;
const READ_TOKENS = 40;
// What is written ahead of what is sent (durable-objects/node/upstream/upstream-run.ts), and what lies in
// sockets between the node and its caller.
const AHEAD_TOKENS_MAX = 64;

/** Reads so many tokens of a stream and leaves it open. @returns its execution's id, and what was read */
async function readSome({ url, key }: MeshProcess): Promise<{ id: string; got: () => number }> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${key}`,
      "Content-Type": "application/json",
      "Perigee-Origin": "48.86,2.35",
    },
    body: JSON.stringify({
      model: "small",
      stream: true,
      messages: [{ role: "user", content: "say 2000 words" }],
    }),
  });
  assert.equal(response.status, 200);
  let text = "";
  const got = () => text.split('"content":"').filter((part) => /^[^"]/.test(part)).length - 1;
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => {
    const { value = "" } = await reader.read();
    text += value;
  };
  while (got() < READ_TOKENS) await read();
  // On and on, until the kill ends it.
  (async () => {
    for (;;) await read();
  })().catch(() => {});
  return { id: response.headers.get("Perigee-Execution")!, got };
}

Deno.test({
  name:
    "A node's object that is killed in the middle of streams charges each what its caller had read",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const data = await Deno.makeTempDir({ prefix: "perigee-stream-kill-" });
    await using engine = startEngineServer({ pace_ms: 10 });
    const env = {
      PERIGEE_DATA: data,
      PERIGEE_ENGINES: enginesSetting(engine, {
        small: { max_tokens: 2_000, running_usage: true },
      }),
    };
    const first = await startProcess(env);
    const streams = await Promise.all(Array.from({ length: STREAMS }, () => readSome(first)));
    await first.killAll();
    const second = await startProcess(env);
    try {
      for (const { id, got } of streams) {
        // Nobody asks that node again: its own alarm finds what the kill left.
        const receipt: Json = await within(60_000, `the receipt ${id}`, () => {
          const rows = readFile(
            `${data}/ledger.db`,
            `SELECT completion_tokens AS tokens FROM receipts WHERE id = '${id}'`,
          );
          return rows[0] ?? null;
        });
        const tokens = Number(receipt.tokens);
        assert.ok(tokens >= got(), `${got()} read, ${tokens} charged`);
        assert.ok(tokens <= got() + AHEAD_TOKENS_MAX, `${got()} read, ${tokens} charged`);
      }
    } finally {
      await second.killAll();
    }
    await Deno.remove(data, { recursive: true });
  },
});
