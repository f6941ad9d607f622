/**
 * Idempotency-Key where things fail: broken streams, a keeper that is away, runs that throw. A small
 * app of its own around the real middleware, so that each fault is made and not waited for.
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type ProblemCode, ProblemError, PROBLEMS } from "../../contract/problem.ts";
import {
  type KeyedRequest,
  type RunRight,
  StoredResponses,
} from "../../durable-objects/idempotency/stored-responses.ts";
import { IDEMPOTENCY_MIGRATIONS } from "../../durable-objects/idempotency/migrations.ts";
import { provideStreams } from "../support/memory-bucket.ts";
import { memorySql } from "../support/memory-sql.ts";
import type { Json } from "../support/mesh.ts";

// Code of the runtime, which is checked with the runtime's types: from here it is taken as it is.
const worker = (name: string): Promise<Json> =>
  import(new URL(`../../functions/${name}.ts`, import.meta.url).href);
const { nextExecutionId } = await worker("idempotency/execution-id");
const { idempotency } = await worker("idempotency/idempotency");
const { BodyRoom } = await worker("body-room");
const { pacedStream, piecesOf } = await worker("paced-stream");
const { writeProblem } = await worker("middleware/problem");
const { provideServices } = await worker("middleware/services");

/** A request's context, as the runtime knows it. */
type Ctx = Json;

interface Bench {
  /** What the route does; counts its runs. */
  handle: (c: Ctx) => Response | Promise<Response>;
  runs: number;
  /** Names of the keeper's methods that fail. */
  away: Set<string>;
  ask(
    key: string,
    options?: { body?: BodyInit; admin?: string; headers?: Record<string, string> },
  ): Promise<Response>;
}

function bench(handle: Bench["handle"]): Bench {
  provideStreams();
  const answers = new StoredResponses(memorySql(IDEMPOTENCY_MIGRATIONS));
  const away = new Set<string>();
  const at = (method: string) => {
    if (away.has(method)) return Promise.reject(new Error("The object is away"));
    return Promise.resolve(Date.now());
  };
  const keeper = {
    begin: async (ask: KeyedRequest) => answers.begin(ask, await at("begin")),
    beat: async (turn: RunRight) => answers.beat(turn, await at("beat")),
    finish: async (turn: RunRight, sealed: string | null) =>
      answers.finish(turn, sealed, await at("finish")),
    release: async (turn: RunRight) => answers.release(turn, await at("release")),
    part: async (turn: RunRight, part: number) => (await at("part"), answers.part(turn, part)),
  };
  const app = new OpenAPIHono();
  app.use(provideServices);
  app.onError(writeProblem);
  const run = (c: Ctx) => {
    made.runs++;
    return made.handle(c);
  };
  const authenticated = async (c: Ctx, next: () => Promise<void>) => {
    const caller = { tenant_id: "t", key_id: "k", scopes: [] };
    if (c.req.path === "/tenant") c.var.services.caller = caller;
    await next();
  };
  app.post("/tenant", authenticated, idempotency("key", () => 2 ** 25), run);
  app.post("/admin", authenticated, idempotency("admin", () => 2 ** 20), run);
  const env = { IDEMPOTENCY: { getByName: () => keeper } };
  const context = { waitUntil: () => {}, passThroughOnException: () => {} };
  const made: Bench = {
    handle,
    runs: 0,
    away,
    async ask(key, { body = "{}", admin, headers: own } = {}) {
      const headers = {
        "Idempotency-Key": key,
        ...(admin && { Authorization: `Bearer ${admin}` }),
        ...own,
      };
      const path = admin ? "/admin" : "/tenant";
      const request = new Request(`http://localhost${path}`, { method: "POST", headers, body });
      return await app.fetch(request, env, context as never);
    },
  };
  return made;
}

const events = (...chunks: string[]) => (): Response => {
  const stream = new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === "throw") return controller.error(new Error("The link is lost"));
      if (chunk === undefined) return controller.close();
      controller.enqueue(new TextEncoder().encode(chunk));
    },
  });
  return new Response(stream, { headers: { "Content-Type": "text/event-stream" } });
};

const replayed = (response: Response) => response.headers.get("Idempotency-Replayed");

Deno.test("A stream passes on as it comes, and is repeated as a whole once it has ended with [DONE]", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const mesh = bench(() => {
    const { readable, writable } = new TransformStream<Uint8Array>();
    const writer = writable.getWriter();
    const say = (text: string) => writer.write(new TextEncoder().encode(text));
    void (async () => {
      await say("data: 1\n\n");
      await promise;
      await say("data: [DO");
      await say("NE]\n\n");
      await writer.close();
    })();
    return new Response(readable, { headers: { "Content-Type": "text/event-stream" } });
  });
  const first = (await mesh.ask("k")).body!.getReader();
  // The first event is here while the second waits for us.
  assert.equal(new TextDecoder().decode((await first.read()).value), "data: 1\n\n");
  assert.equal((await mesh.ask("k")).status, 409);
  resolve();
  while (!(await first.read()).done);
  const again = await mesh.ask("k");
  assert.deepEqual([replayed(again), again.headers.get("Content-Type")], [
    "true",
    "text/event-stream",
  ]);
  assert.equal(await again.text(), "data: 1\n\ndata: [DONE]\n\n");
  assert.equal(mesh.runs, 1);
});

Deno.test("A stream that ends without [DONE], breaks or is cancelled frees the key", async () => {
  for (const chunks of [["data: 1\n\n"], ["data: 1\n\n", "throw"], []]) {
    const mesh = bench(events(...chunks));
    const first = await mesh.ask("k");
    await first.text().catch((error) => assert.match(`${error}`, /link is lost/));
    mesh.handle = events("data: [DONE]\n\n");
    const again = await mesh.ask("k");
    assert.deepEqual([again.status, replayed(again)], [200, null], JSON.stringify(chunks));
    await again.text();
  }
  const mesh = bench(events("data: 1\n\n", "data: 2\n\n", "data: [DONE]\n\n"));
  const reader = (await mesh.ask("k")).body!.getReader();
  await reader.read();
  await reader.cancel();
  assert.deepEqual([(await mesh.ask("k")).status, mesh.runs], [200, 2]);
});

Deno.test("Without its keeper a keyed request does not run: 503, to be asked again", async () => {
  const mesh = bench(() => new Response("ran"));
  mesh.away.add("begin");
  const reply = await mesh.ask("k");
  assert.deepEqual([reply.status, reply.headers.get("Retry-After"), mesh.runs], [503, "2", 0]);
  mesh.away.clear();
  assert.equal(await (await mesh.ask("k")).text(), "ran");
});

Deno.test("An answer whose keeping failed still goes out, and its request does not run beside itself", async () => {
  const mesh = bench(() => new Response("ran"));
  mesh.away.add("finish");
  assert.equal(await (await mesh.ask("k")).text(), "ran");
  mesh.away.clear();
  assert.deepEqual([(await mesh.ask("k")).status, mesh.runs], [409, 1]);
});

Deno.test("What is not final frees the key, what is final is kept, by status and problem", async () => {
  for (const status of [200, 201, 202, 204]) {
    const body = status === 204 ? null : `the ${status}`;
    const mesh = bench(() => new Response(body, { status, headers: { "X-Own": "1" } }));
    const replies = [await mesh.ask("k"), await mesh.ask("k")];
    assert.deepEqual(replies.map((reply) => [reply.status, replayed(reply)]), [
      [status, null],
      [status, "true"],
    ]);
    assert.deepEqual(await Promise.all(replies.map((reply) => reply.text())), [
      body ?? "",
      body ?? "",
    ]);
    assert.equal(replies[1].headers.get("X-Own"), "1");
    assert.equal(mesh.runs, 1, `${status}`);
  }
  for (
    const status of [400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 502, 503, 504]
  ) {
    const mesh = bench(() => new Response("no", { status }));
    for (let run = 1; run <= 2; run++) {
      assert.deepEqual([(await mesh.ask("k")).status, mesh.runs], [status, run]);
    }
    mesh.handle = () => new Response("another request");
    assert.equal(await (await mesh.ask("k", { body: "[]" })).text(), "another request");
  }
  for (const code of Object.keys(PROBLEMS) as ProblemCode[]) {
    const kept = ["malformed_json", "method_not_allowed", "body_too_large"].includes(code);
    const mesh = bench(() => {
      throw new ProblemError(code, "Whether it is kept is its code's to say");
    });
    const { status } = PROBLEMS[code];
    for (let run = 1; run <= 2; run++) {
      assert.deepEqual([(await mesh.ask("k")).status, mesh.runs], [status, kept ? 1 : run], code);
    }
  }
  for (const final of [true, false]) {
    const mesh = bench(() => {
      throw new ProblemError("invalid_request", "Whether it is kept is its mark's to say", {
        final,
      });
    });
    const first = await mesh.ask("k", { headers: { "Perigee-Origin": "999,0" } });
    assert.equal(first.status, 400);
    mesh.handle = () => new Response("ran");
    const again = await mesh.ask("k", { headers: { "Perigee-Origin": "48,2" } });
    assert.deepEqual([again.status, mesh.runs], final ? [422, 1] : [200, 2], `${final}`);
  }
});

Deno.test("A problem of more than a few kilobytes is not stored, and frees its key", async () => {
  // A problem says its detail twice; the title of another field fills it up to the byte.
  const problem = (chars: number, pad: number) =>
    bench(() => {
      const errors = [{ pointer: "#/a", detail: "y".repeat(pad) }];
      throw new ProblemError("invalid_request", "x".repeat(chars), { errors, final: true });
    });
  const id = { "X-Request-Id": "one" };
  const plain = await (await problem(1_800, 1).ask("k", { headers: id })).text();
  const pad = 4_096 - plain.length + 1;
  for (const [longer, runs] of [[0, 1], [1, 2]]) {
    const mesh = problem(1_800, pad + longer);
    const replies = [];
    for (let ask = 0; ask < 2; ask++) replies.push(await mesh.ask("k", { headers: id }));
    assert.deepEqual(replies.map(({ status }) => status), [400, 400]);
    assert.deepEqual([(await replies[1].text()).length, mesh.runs], [4_096 + longer, runs]);
  }
});

Deno.test("A header that decides the answer makes another request, and one that does not the same", async () => {
  const deciding = {
    "Accept": "application/octet-stream",
    "Content-Encoding": "gzip",
    "Content-Type": "application/octet-stream",
    "Inference-Header-Content-Length": "12",
    "Perigee-Emulate": "latency",
    "Perigee-Origin": "48.86, 2.35",
  };
  const plain = { "Content-Type": "application/json" };
  for (const [name, value] of Object.entries(deciding)) {
    const mesh = bench(() => new Response("ran"));
    assert.equal((await mesh.ask("k", { headers: plain })).status, 200);
    // Unpacked it is the same body.
    const body = name === "Content-Encoding" ? new Uint8Array(gzipSync("{}")) : "{}";
    const other = await mesh.ask("k", { body, headers: { ...plain, [name]: value } });
    assert.deepEqual([other.status, mesh.runs], [422, 1], name);
    assert.match(await other.text(), /another request/, name);
    const same = await mesh.ask("k", { headers: { ...plain, "User-Agent": "another" } });
    assert.deepEqual([same.status, replayed(same)], [200, "true"], name);
  }
});

Deno.test("A stored answer of a newer release is 503 to be asked for later, not another request", async () => {
  const mesh = bench(() => new Response("ran"));
  const { parse, stringify } = JSON;
  // As that release would write its head.
  JSON.stringify = (value: unknown) =>
    stringify(Array.isArray(value) && value.length === 3 ? [...value.slice(0, 2), 2] : value);
  try {
    assert.equal((await mesh.ask("k")).status, 200);
  } finally {
    Object.assign(JSON, { parse, stringify });
  }
  const again = await mesh.ask("k");
  assert.deepEqual([again.status, mesh.runs], [503, 1]);
  assert.match(await again.text(), /answers_unavailable/);
});

Deno.test("The executions of a request have the same ids in the same order when it runs again", async () => {
  const ids: string[][] = [];
  const mesh = bench((c) => {
    ids.push(Array.from({ length: 3 }, () => nextExecutionId(c.var.services)));
    return new Response("no", { status: 503 });
  });
  for (let run = 0; run < 2; run++) await mesh.ask("k");
  await mesh.ask("another");
  assert.deepEqual(ids[0], ids[1]);
  assert.equal(new Set(ids.flat()).size, 6);
  for (const id of ids.flat()) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

Deno.test("An answer of several parts is repeated whole; one of more than 8 MB is 409 and does not run again", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const whole = new Uint8Array(8 * 2 ** 20).map((_, i) => bytes[i % bytes.length]);
  const mesh = bench(() => new Response(whole));
  await (await mesh.ask("k")).bytes();
  const again = await (await mesh.ask("k")).bytes();
  assert.ok(again.length === whole.length && again.every((byte, i) => byte === whole[i]));
  mesh.handle = () => new Response(new Uint8Array(8 * 2 ** 20 + 1));
  const larger = await mesh.ask("larger");
  assert.deepEqual([larger.status, (await larger.bytes()).length], [200, 8 * 2 ** 20 + 1]);
  const unkept = await mesh.ask("larger");
  assert.deepEqual([unkept.status, unkept.headers.get("x-should-retry")], [409, "false"]);
  assert.match((await unkept.json()).detail, /too large to keep/);
  assert.equal(mesh.runs, 2);
});

/** What becomes of a large answer in the end, whereupon its tenant's room is free. */
const ENDS: Record<string, (answer: Response) => Promise<unknown>> = {
  "it has been read": (answer) => answer.bytes(),
  "its reader has gone": (answer) => answer.body!.cancel(),
  "a piece was not read for 10 s": async (answer) => {
    const reader = answer.body!.getReader();
    await assert.rejects(async () => {
      await answeredLate;
      while (!(await reader.read()).done);
    }, /within 10000 ms/);
  },
};

let answeredLate = Promise.resolve();

for (const [end, bringAbout] of Object.entries(ENDS)) {
  for (const megabytes of [2, 8, 9]) {
    Deno.test(`An answer of ${megabytes} MB holds its tenant's room until ${end}`, async () => {
      const { setTimeout } = globalThis;
      const late = Promise.withResolvers<void>();
      answeredLate = late.promise;
      // The deadline of a piece comes when the test says so.
      const deadlines: (() => void)[] = [];
      if (end.includes("10 s")) {
        globalThis.setTimeout = ((call: () => void, ms: number) =>
          setTimeout(
            ms === 10_000 ? () => deadlines.push(call) : call,
            ms === 10_000 ? 0 : ms,
          )) as typeof globalThis.setTimeout;
      }
      try {
        const mesh = bench(async (c) => {
          const { services } = c.var;
          await services.room.enter("keyed");
          const whole = new Uint8Array(megabytes * 2 ** 20);
          return new Response(pacedStream(piecesOf(whole), services));
        });
        // The run, and a repetition if there is one.
        for (let ask = 0; ask < (megabytes > 8 ? 1 : 2); ask++) {
          const answer = await mesh.ask("k");
          assert.deepEqual([answer.status, replayed(answer)], [200, ask === 0 ? null : "true"]);
          const next = new BodyRoom(() => "t");
          let entered = false;
          const entering = next.enter("read").then(() => entered = true);
          // It looks whether there is room every 25 ms.
          await new Promise((resolve) => setTimeout(resolve, 60));
          assert.equal(entered, false, "the room is free while the answer is unread");
          for (const call of deadlines.splice(0)) call();
          late.resolve();
          await bringAbout(answer);
          await entering;
          next.leave();
        }
        assert.equal(mesh.runs, 1);
      } finally {
        globalThis.setTimeout = setTimeout;
      }
    });
  }
}

Deno.test("An admin's answer opens only to the same bearer: another gets 422 and nothing runs", async () => {
  const mesh = bench(() => new Response("a key in the clear", { status: 201 }));
  assert.equal((await mesh.ask("k", { admin: "first" })).status, 201);
  const other = await mesh.ask("k", { admin: "second" });
  assert.equal(other.status, 422);
  assert.ok(!(await other.text()).includes("in the clear"));
  for (const Authorization of ["Bearer first", "bearer first", "BEARER   first"]) {
    const reply = await mesh.ask("k", { admin: "first", headers: { Authorization } });
    assert.equal(await reply.text(), "a key in the clear", Authorization);
  }
  assert.equal(mesh.runs, 1);
});
