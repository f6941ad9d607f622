import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client";
// @ts-types="@modelcontextprotocol/sdk/inMemory"
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { mcpServer } from "../../../mcp/server.ts";

const KEY = "a-development-key-of-this-test-alone";
const STATE = { name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] };

interface Result {
  isError: boolean;
  text: string;
  structured: unknown;
}

type Call = (name: string, args: object, signal?: AbortSignal) => Promise<Result>;
type Run = (call: Call, client: Client) => Promise<void>;

/** Calls tools of a server whose mesh answers as a test says. */
async function withMesh(answer: Deno.ServeHandler, run: Run): Promise<void> {
  const mesh = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, answer);
  try {
    await withServer(mesh.addr.port, run);
  } finally {
    await mesh.shutdown();
  }
}

async function withServer(port: number, run: Run): Promise<void> {
  const server = mcpServer({ mesh: `http://127.0.0.1:${port}`, key: KEY });
  const client = new Client({ name: "test", version: "0" });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(theirs), client.connect(ours)]);
  try {
    await run(async (name, args, signal) => {
      const { isError, content, structuredContent } = await client.callTool(
        { name, arguments: { ...args } },
        undefined,
        { signal },
      );
      const [{ text }] = content as { text: string }[];
      return { isError: isError === true, text, structured: structuredContent };
    }, client);
  } finally {
    await client.close();
  }
}

Deno.test("every tool has schemas that hosts can read, and says whether it runs anything", async () => {
  await withMesh(() => Response.json({}), async (_call, client) => {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.filter(({ annotations }) => !annotations?.readOnlyHint).map(nameOf), [
      "infer",
    ]);
    for (const { name, inputSchema, outputSchema } of tools) {
      assert.equal(inputSchema.additionalProperties, false, name);
      assert.ok(Object.keys(outputSchema?.properties ?? {}).length > 0, name);
      assert.ok(!JSON.stringify(outputSchema).includes('"additionalProperties":false'), name);
    }
    const [{ inputSchema }] = tools.filter(({ name }) => name === "infer");
    const { data } = (inputSchema.properties as Schemas).inputs.items.properties;
    assert.equal(data.type, "array");
    assert.match(data.description, /row-major/);
  });
});

// deno-lint-ignore no-explicit-any -- a JSON Schema, of which a test reads one place
type Schemas = Record<string, any>;
const nameOf = ({ name }: { name: string }) => name;

Deno.test("infer asks as the protocol has it: flat parameters, the key and the Idempotency-Key in headers", async () => {
  const asked: [string, string | null, string | null, unknown][] = [];
  await withMesh(async (request) => {
    const { pathname } = new URL(request.url);
    const { headers } = request;
    const body = await request.json();
    asked.push([pathname, headers.get("Authorization"), headers.get("Idempotency-Key"), body]);
    return Response.json({ model_name: "m", model_version: "2", parameters: {}, outputs: [] });
  }, async (call) => {
    const from = { model: "m", version: "2", inputs: [STATE], outputs: ["b", "a"] };
    const policy = { deny: [{ country: "FR" }] };
    const { isError } = await call("infer", {
      ...from,
      origin: { lat: 1, lon: 2 },
      policy,
      deadline_ms: 20,
      class: "realtime",
      idempotency_key: "once",
    });
    assert.equal(isError, false);
    await call("infer", { ...from, origin: { node: "G2A-017-042" } });
    const body = { inputs: [STATE], outputs: [{ name: "b" }, { name: "a" }] };
    const path = "/v2/models/m/versions/2/infer";
    assert.deepEqual(asked, [
      [path, `Bearer ${KEY}`, "once", {
        ...body,
        parameters: {
          origin_lat: 1,
          origin_lon: 2,
          origin_alt_m: 0,
          deadline_ms: 20,
          class: "realtime",
          policy: JSON.stringify(policy),
        },
      }],
      [path, `Bearer ${KEY}`, null, {
        ...body,
        parameters: { origin_node: "G2A-017-042", class: "interactive" },
      }],
    ]);
  });
});

Deno.test("arguments that are wrong, or would lose digits or lead out of the path, reach no mesh", async () => {
  let asks = 0;
  await withMesh(() => {
    asks++;
    return Response.json({});
  }, async (call, client) => {
    const int64 = { ...STATE, datatype: "INT64", shape: [1], data: [[2 ** 53]] };
    const cases: [string, object, RegExp][] = [
      ["route", { model: "m", origin: { lat: 91, lon: 0 } }, /^#\/origin\/lat: /m],
      ["route", { model: "m", orign: { lat: 1, lon: 0 } }, /^#\/: .*"orign"/m],
      ["infer", { model: "..", inputs: [STATE] }, /^#\/model: /m],
      ["infer", { model: "m", inputs: [int64] }, /^#\/inputs\/0\/data: .*2\^53/m],
      ["infer", { model: "m", inputs: [{ ...STATE, data: 3 }] }, /^#\/inputs\/0\/data: /m],
      ["infer", { model: "m", inputs: [STATE], idempotency_key: "a\nb" }, /^#\/idempotency_key: /m],
      ["get_node", { id: ".." }, /must not be \. or \.\./],
      ["get_node", {}, /^#\/id: /m],
      ["get_usage", { from: "yesterday" }, /^#\/from: /m],
      ["list_receipts", { limit: 1_001 }, /^#\/limit: /m],
    ];
    for (const [name, args, says] of cases) {
      const { isError, text } = await call(name, args);
      assert.ok(isError, `${name} ${JSON.stringify(args)}`);
      assert.match(text, says);
    }
    await assert.rejects(client.callTool({ name: "format_disk", arguments: {} }), /no tool/);
    assert.equal(asks, 0);
  });
});

Deno.test("integers beyond 2^53 keep their digits in the text", async () => {
  const sums = '{"executions":1,"operations":9007199254740993,"energy_mj":1,"npu_us":1,' +
    '"bytes_up":1,"bytes_down":1,"charge_microcredits":1,"prompt_tokens":0,"completion_tokens":0}';
  const body = `{"from":"a","to":"b","total":${sums}}`;
  await withMesh(() => new Response(body), async (call, client) => {
    await client.listTools();
    const { isError, text } = await call("get_usage", {});
    assert.deepEqual([isError, text], [false, body]);
  });
});

Deno.test("a refusal is told with its detail, its code and when to ask again; no key goes elsewhere", async () => {
  const answers: [() => Response, RegExp][] = [
    [
      () =>
        Response.json({ title: "No node can serve now", detail: "All are dark", status: 503 }, {
          status: 503,
          headers: {
            "Perigee-Problem": "no_node",
            "Perigee-Refusal": "dark",
            "Retry-After": "7",
          },
        }),
      /^No node can serve now: All are dark\nStatus 503, no_node, refusal dark\n.* after 7 s$/,
    ],
    [
      () =>
        Response.json({ error: "Input x is missing", code: "invalid_request" }, { status: 400 }),
      /^Input x is missing\nStatus 400$/,
    ],
    [
      () => new Response("<h1>Bad gateway</h1>", { status: 502 }),
      /^The mesh refuses, and does not say why\nStatus 502$/,
    ],
    [() => new Response("<h1>Hello</h1>"), /something else than JSON/],
    [() => Response.redirect("http://127.0.0.1:9/v1/models"), /does not answer: /],
    [() => Response.json({ data: "x".repeat(4_000_000) }), /at most 4000000 are passed on/],
  ];
  for (const [answer, says] of answers) {
    await withMesh(answer, async (call) => {
      const { isError, text, structured } = await call("list_models", {});
      assert.deepEqual([isError, structured], [true, undefined]);
      assert.match(text, says);
      assert.ok(!text.includes(KEY));
    });
  }
});

Deno.test("a host that no longer waits ends the request to the mesh", async () => {
  using mesh = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  await withServer(mesh.addr.port, async (call) => {
    const host = new AbortController();
    const called = call("list_models", {}, host.signal);
    using connection = await mesh.accept();
    const bytes = new Uint8Array(4_096);
    assert.ok(await connection.read(bytes), "the request");
    host.abort("no longer needed");
    await assert.rejects(called, /no longer needed/);
    const more = await connection.read(bytes).catch(() => null);
    assert.equal(more, null, "the connection is closed");
  });
});
