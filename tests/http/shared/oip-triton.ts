/**
 * Requests as Triton's Python client (tritonclient.http 2.x) and KServe's send them, byte by byte, over
 * connections of our own; and its reading of the answers.
 */
import assert from "node:assert/strict";
import { deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { type Mesh, sharedMeshTest } from "../../support/mesh.ts";
import { type RawAnswer, rawExchange } from "../../support/raw-exchange.ts";

const test = sharedMeshTest();

const utf8 = new TextEncoder();
const hex = (digits: string) => Uint8Array.fromHex(digits.replaceAll(/\s/g, ""));
const bytes = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** The rows [30, 25, 40, 0.5, 3, 8] and [10, 20, 5, 1, 2, 6], as numpy's tobytes() gives them. */
const ROWS = hex(`
  0000f041 0000c841 00002042 0000003f 00004040 00000041
  00002041 0000a041 0000a040 0000803f 00000040 0000c040
`);

/** As rapidjson.dumps() of the client writes it: no blanks, and no non-ASCII. */
const JSON_OF_ROWS =
  '{"inputs":[{"name":"state","shape":[2,6],"datatype":"FP32","parameters":{"binary_data_size":48}}],' +
  '"parameters":{"binary_data_output":true,"origin_lat":48.86,"origin_lon":2.35}}';

/** What geventhttpclient writes: no Content-Type, and the headers of the client as they are. */
const head = (mesh: Mesh, more: string[], length: number, path = "drive-rss/infer") => [
  `POST /v2/models/${path} HTTP/1.1`,
  "User-Agent: python/gevent-http-client-2.3.1",
  `Authorization: Bearer ${mesh.emulator.secrets.dev_key}`,
  ...more,
  `Content-Length: ${length}`,
];

async function ask(
  mesh: Mesh,
  body: Uint8Array,
  more: string[] = [],
  path?: string,
): Promise<RawAnswer> {
  return await rawExchange(mesh.url, { head: head(mesh, more, body.length, path), parts: [body] });
}

/** InferResult of the client: the JSON by the header's length, then the buffers in order. */
function resultOf({ status, headers, body }: RawAnswer) {
  const shown = `${status} ${new TextDecoder().decode(body.slice(0, 400))}`;
  assert.equal(status, 200, shown);
  const unpacked = headers.get("content-encoding") === "gzip"
    ? new Uint8Array(gunzipSync(body))
    : body;
  const told = headers.get("inference-header-content-length");
  const length = told === null ? unpacked.length : Number(told);
  const result = JSON.parse(new TextDecoder().decode(unpacked.subarray(0, length)));
  let at = length;
  const buffers = new Map<string, Uint8Array>();
  for (const { name, parameters } of result.outputs) {
    if (parameters?.binary_data_size === undefined) continue;
    buffers.set(name, unpacked.slice(at, at += parameters.binary_data_size));
  }
  assert.equal(at, unpacked.length, "bytes behind the last tensor");
  return { result, buffers };
}

const floats = (buffer: Uint8Array | undefined) => [...new Float32Array(buffer!.slice().buffer)];

// By the formula of RSS (docs/models.md), in FP32.
async function right(mesh: Mesh) {
  const { body } = await mesh.call("/v2/models/drive-rss/infer", {
    body: {
      parameters: { origin_lat: 48.86, origin_lon: 2.35 },
      inputs: [{
        name: "state",
        datatype: "FP32",
        shape: [2, 6],
        data: [30, 25, 40, 0.5, 3, 8, 10, 20, 5, 1, 2, 6],
      }],
    },
  });
  return body.outputs.map(({ data }: { data: number[] }) => data.map(Math.fround));
}

const binaryHeader = [`Inference-Header-Content-Length: ${JSON_OF_ROWS.length}`];

test("A request of Triton's client with its defaults, which are binary, is answered in binary", async (mesh) => {
  const answer = await ask(mesh, bytes(utf8.encode(JSON_OF_ROWS), ROWS), binaryHeader);
  const { result, buffers } = resultOf(answer);
  assert.equal(answer.headers.get("content-type"), "application/octet-stream");
  assert.deepEqual(result.outputs, [
    {
      name: "safe_distance_m",
      shape: [2],
      datatype: "FP32",
      parameters: { binary_data_size: 8 },
    },
    { name: "brake_mps2", shape: [2], datatype: "FP32", parameters: { binary_data_size: 8 } },
  ]);
  assert.deepEqual([...buffers.values()].map(floats), await right(mesh));
  assert.equal(result.parameters.bytes_up, JSON_OF_ROWS.length + ROWS.length);
});

test("The same with request_compression_algorithm gzip and deflate, and a gzip answer where it is asked for", async (mesh) => {
  const body = bytes(utf8.encode(JSON_OF_ROWS), ROWS);
  // gzip.compress() and zlib.compress() of Python.
  for (
    const [encoding, packed] of [["gzip", gzipSync(body)], ["deflate", deflateSync(body)]] as const
  ) {
    for (const accepted of ["gzip", "deflate", null]) {
      const more = [...binaryHeader, `Content-Encoding: ${encoding}`];
      if (accepted) more.push(`Accept-Encoding: ${accepted}`);
      const answer = await ask(mesh, packed, more);
      const { result, buffers } = resultOf(answer);
      assert.deepEqual([...buffers.values()].map(floats), await right(mesh));
      // What came over the wire is billed.
      assert.equal(result.parameters.bytes_up, packed.length);
      const sent = answer.headers.get("content-encoding");
      assert.equal(sent, accepted === "gzip" ? "gzip" : null);
      assert.match(answer.headers.get("vary") ?? "", /Accept-Encoding/);
    }
  }
});

test("A large answer is gzip where gzip alone is asked for, and else as it is", async (mesh) => {
  const side = 128;
  const input = {
    name: "reflectance",
    datatype: "FP32",
    shape: [1, 6, side, side],
    parameters: { binary_data_size: 6 * side * side * 4 },
  };
  const parameters = { origin_lat: 48.86, origin_lon: 2.35, binary_data_output: true };
  const json = utf8.encode(JSON.stringify({ parameters, inputs: [input] }));
  const scene = Float32Array.from({ length: 6 * side * side }, (_, i) => (i % 97) / 97);
  const body = new Uint8Array(json.length + scene.byteLength);
  body.set(json);
  body.set(new Uint8Array(scene.buffer), json.length);
  const answers = [];
  for (const accepted of ["gzip", "gzip, deflate, br", "identity"]) {
    const more = [
      `Inference-Header-Content-Length: ${json.length}`,
      `Accept-Encoding: ${accepted}`,
    ];
    const answer = await ask(mesh, body, more, "scene-indices/infer");
    answers.push({ sent: answer.headers.get("content-encoding"), ...resultOf(answer) });
  }
  assert.deepEqual(answers.map(({ sent }) => sent), ["gzip", null, null]);
  for (const { buffers } of answers) {
    assert.deepEqual([...buffers.values()].map(({ length }) => length), [
      ...Array(4).fill(side * side * 4),
      side * side,
    ]);
    assert.deepEqual(buffers, answers[0].buffers);
  }
});

test("Outputs that the client names come in its order, each as it asks for it", async (mesh) => {
  const json = '{"id":"7","inputs":[{"name":"state","shape":[2,6],"datatype":"FP32",' +
    '"parameters":{"binary_data_size":48}}],"outputs":[{"name":"brake_mps2","parameters":' +
    '{"binary_data":true}},{"name":"safe_distance_m","parameters":{"binary_data":false}}],' +
    '"parameters":{"origin_lat":48.86,"origin_lon":2.35}}';
  const more = [`Inference-Header-Content-Length: ${json.length}`];
  const { result, buffers } = resultOf(await ask(mesh, bytes(utf8.encode(json), ROWS), more));
  const [distance, brake] = await right(mesh);
  assert.equal(result.id, "7");
  assert.deepEqual(result.outputs.map(({ name }: { name: string }) => name), [
    "brake_mps2",
    "safe_distance_m",
  ]);
  assert.deepEqual(floats(buffers.get("brake_mps2")), brake);
  assert.deepEqual(result.outputs[1].data.map(Math.fround), distance);
});

test("The client's JSON alone, with NaN as Python writes it, is answered with and without a content type", async (mesh) => {
  const json = '{"inputs":[{"name":"windows","shape":[1,6],"datatype":"FP32","data":' +
    '[1.0,NaN,1.5,-Infinity,1.25,9.0]}],"outputs":[{"name":"score","parameters":{"binary_data":' +
    'false}}],"parameters":{"origin_lat":48.86,"origin_lon":2.35}}';
  const types = [
    [],
    // aiohttp's, of the client's asyncio.
    ["Content-Type: application/octet-stream"],
    // httpx's, of KServe's client.
    ["Content-Type: application/json"],
    // curl -d
    ["Content-Type: application/x-www-form-urlencoded"],
  ];
  const scores = [];
  for (const type of types) {
    const path = "telemetry-anomaly/versions/1/infer";
    const { result } = resultOf(await ask(mesh, utf8.encode(json), type, path));
    scores.push(result.outputs[0].data);
  }
  for (const score of scores) assert.deepEqual(score, scores[0]);
  // Missing readings have no score, and the one that is far from the others is.
  assert.deepEqual([scores[0][1], scores[0][3]], [0, 0]);
  assert.ok(scores[0][5] > 3.5, `${scores[0]}`);
});

test("The body may be cut anywhere on its way", async (mesh) => {
  const body = gzipSync(bytes(utf8.encode(JSON_OF_ROWS), ROWS));
  const more = [...binaryHeader, "Content-Encoding: gzip"];
  for (const size of [1, 7, 100]) {
    const parts = Array.from(
      { length: Math.ceil(body.length / size) },
      (_, i) => body.subarray(i * size, (i + 1) * size),
    );
    const answer = await rawExchange(mesh.url, { head: head(mesh, more, body.length), parts });
    assert.deepEqual([...resultOf(answer).buffers.values()].map(floats), await right(mesh));
  }
});

test("The client's other questions are answered, or refused by name", async (mesh) => {
  const call = (path: string, body?: string) => mesh.call(path, { body });
  for (const path of ["/v2", "/v2/"]) {
    const { body } = await call(path);
    assert.deepEqual(body.extensions, ["binary_tensor_data", "statistics"], path);
  }
  // get_model_repository_index() posts no body.
  for (const [body, count] of [["", 3], ["{}", 3], ['{"ready":true}', 3]] as const) {
    const index = await call("/v2/repository/index", body);
    assert.equal(index.status, 200, index.text);
    assert.equal(index.body.length, count);
    assert.deepEqual(index.body[0], {
      name: "scene-indices",
      version: "1",
      state: "READY",
      reason: "",
    });
  }
  for (
    const path of [
      "systemsharedmemory/status",
      "systemsharedmemory/region/a/register",
      "cudasharedmemory/status",
      "repository/models/drive-rss/load",
      "repository/models/drive-rss/unload",
      "models/drive-rss/config",
      "trace/setting",
      "logging",
    ]
  ) {
    const { status, body, headers } = await call(`/v2/${path}`, "{}");
    assert.equal(status, 400, path);
    assert.match(body.error, /not supported|not loaded/, path);
    assert.deepEqual([body.code, headers.get("perigee-problem")], [
      "not_supported",
      "not_supported",
    ]);
  }
});

test("Statistics count a tenant's own inferences, in Triton's form", async (mesh) => {
  const key = await mesh.tenant("counted");
  const stats = async (path: string, as = key) => {
    const { status, body, text } = await mesh.call(`/v2/models/${path}`, { key: as });
    assert.equal(status, 200, text);
    return body.model_stats;
  };
  assert.equal((await stats("stats")).length, 3);
  const body = {
    parameters: { origin_lat: 48.86, origin_lon: 2.35 },
    inputs: [{ name: "state", datatype: "FP32", shape: [2, 6], data: Array(12).fill(5) }],
  };
  for (let n = 0; n < 3; n++) {
    const { status, text } = await mesh.call("/v2/models/drive-rss/infer", { key, body });
    assert.equal(status, 200, text);
  }
  await mesh.call("/v2/models/drive-rss/infer", { key, body: { inputs: [] } });
  const [counted] = await stats("drive-rss/stats");
  assert.equal(counted.inference_count, 6);
  assert.equal(counted.execution_count, 3);
  const { success, fail, compute_infer, queue, compute_input, compute_output } =
    counted.inference_stats;
  assert.deepEqual([success.count, fail.count, compute_infer.count], [3, 1, 3]);
  assert.ok(success.ns > 0 && compute_infer.ns >= 0);
  const parts = queue.ns + compute_input.ns + compute_infer.ns + compute_output.ns;
  assert.ok(parts <= success.ns, `${parts} of ${success.ns}`);
  assert.ok(Math.abs(counted.last_inference - Date.now()) < 60_000);
  assert.ok(Date.parse(counted.counted_since) <= Date.now());
  assert.deepEqual(await stats("drive-rss/versions/1/stats"), [counted]);
  const [others] = await stats("drive-rss/stats", await mesh.tenant("other-counted"));
  assert.deepEqual([others.inference_count, others.inference_stats.fail.count], [0, 0]);
  assert.equal((await mesh.call("/v2/models/drive-rss/stats", { key: null })).status, 401);
  assert.equal((await mesh.call("/v2/models/nope/stats", { key })).status, 404);
});
