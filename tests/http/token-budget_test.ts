/**
 * A budget of tokens under streams that break off: what is charged is what was sent, to the token, and
 * the budget is never passed.
 * @module
 */
import assert from "node:assert/strict";
import { type Json, type Mesh, sleep, startMesh, within } from "../support/mesh.ts";
import { type EngineServer, enginesSetting, startEngineServer } from "../support/openai-server.ts";
import { type Random, seeded } from "../support/random.ts";

const BUDGET = 1_000;
const STREAMS = 200;
const SEED = 15;
const MAX_TOKENS = 20;
// Two tokens for this engine; the mesh reserves a hundred more, as any engine might count.
const PROMPT = `say ${MAX_TOKENS}`;
const PROMPT_TOKENS = 2;
const RESERVED_MAX = 150;

/** What a client saw of one stream. */
interface Seen {
  id: string;
  /** Tokens that it read. */
  got: number;
  /** Whether it read to the end. */
  whole: boolean;
}

async function withMesh(run: (mesh: Mesh, engine: EngineServer) => Promise<void>): Promise<void> {
  await using engine = startEngineServer({ pace_ms: 3 });
  // The engine tells its count with each chunk, so a stream that breaks off is counted exactly.
  const small = { max_tokens: MAX_TOKENS, running_usage: true };
  await using mesh = await startMesh({
    PERIGEE_ENGINES: enginesSetting(engine, { small }),
  });
  await run(mesh, engine);
}

/** Streams once and breaks off after so many tokens. @returns null where the budget is used up */
async function streamOnce(mesh: Mesh, key: string, tokens: number): Promise<Seen | null> {
  for (;;) {
    const aborted = new AbortController();
    const response = await fetch(`${mesh.url}/v1/chat/completions`, {
      method: "POST",
      signal: aborted.signal,
      headers: {
        "Authorization": `Bearer ${key}`,
        "Content-Type": "application/json",
        "Perigee-Origin": "48.86,2.35",
      },
      body: JSON.stringify({
        model: "small",
        messages: [{ role: "user", content: PROMPT }],
        stream: true,
      }),
    });
    if (response.ok) return await readUntil(response, tokens, aborted);
    const { error } = await response.json();
    if (response.status === 402) return null;
    // What is left is reserved by streams that run: some comes back when they end.
    assert.equal(response.status, 429, JSON.stringify(error));
    await sleep(Number(response.headers.get("retry-after-ms")) / 10);
  }
}

async function readUntil(
  response: Response,
  tokens: number,
  aborted: AbortController,
): Promise<Seen> {
  const seen: Seen = { id: response.headers.get("Perigee-Execution")!, got: 0, whole: false };
  let text = "";
  try {
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      if (seen.got >= tokens) return seen;
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
      seen.got = text.split('"content":"').filter((part) => /^[^"]/.test(part)).length - 1;
    }
    seen.whole = text.endsWith("data: [DONE]\n\n");
    return seen;
  } finally {
    aborted.abort();
  }
}

/** Most break off early, some late, and some read to the end. */
const breakPoint = (random: Random): number =>
  random.chance(0.1) ? Infinity : random.chance(0.1) ? random.integer(7, 19) : random.integer(0, 6);

Deno.test("A budget for 1,000 tokens is never passed by one token under 200 streams that break off, and each is charged what was sent", async () => {
  await withMesh(async (mesh, engine) => {
    const key = await mesh.tenant("thousand");
    const limits = "/v1/tenants/thousand/limits";
    const body = { budget_microcredits: BUDGET, requests_per_minute: null };
    assert.equal((await mesh.admin(limits, { method: "PUT", body })).status, 200);
    const random = seeded(SEED);
    const points = Array.from({ length: STREAMS }, () => breakPoint(random));
    const streams = await Promise.all(points.map((point) => streamOnce(mesh, key, point)));
    const seen = streams.filter((stream) => stream !== null);
    assert.ok(seen.length < STREAMS, "the budget was enough for all: the case does not bite");

    const receipts: Json[] = await within(60_000, "all receipts", async () => {
      const rows = await mesh.rows("SELECT * FROM receipts WHERE tenant_id = 'thousand'");
      return rows.length >= seen.length ? rows : null;
    });
    const balance = await within(60_000, "nothing on lease", async () => {
      const { body } = await mesh.call("/v1/limits", { key });
      return body.leased_microcredits === 0 ? body : null;
    });
    assert.equal(receipts.length, seen.length, "a receipt for each stream, and no other");
    const byId = new Map(receipts.map((receipt) => [receipt.id, receipt]));
    for (const { id, got, whole } of seen) {
      const { prompt_tokens, completion_tokens, charge_microcredits } = byId.get(id);
      assert.equal(prompt_tokens, PROMPT_TOKENS, id);
      assert.ok(completion_tokens >= got, `${got} read and ${completion_tokens} charged: ${id}`);
      if (whole) assert.equal(completion_tokens, MAX_TOKENS, id);
      assert.equal(charge_microcredits, prompt_tokens + completion_tokens, id);
    }
    const sum = (of: (receipt: Json) => number) =>
      receipts.reduce((total, receipt) => total + of(receipt), 0);
    const tokens = sum((receipt) => receipt.prompt_tokens + receipt.completion_tokens);
    const wrote = sum((receipt) => receipt.completion_tokens);
    assert.ok(tokens <= BUDGET, `${tokens} tokens passed a budget of ${BUDGET}`);
    assert.ok(wrote <= engine.written, `${wrote} charged, ${engine.written} written`);
    assert.equal(sum((receipt) => receipt.waived_microcredits), 0);
    assert.equal(balance.spent_microcredits, tokens);
    // Less is left than the next stream would have to reserve.
    assert.ok(BUDGET - tokens < RESERVED_MAX, `${tokens} of ${BUDGET} are spent`);
    assert.ok(engine.cancelled > 0, "no stream was stopped at the engine");
  });
});
