/**
 * Bodies that are meant to stall, starve or fill a mesh: each stalled a mesh of commit 7ab9cf5 for 3 to 78 s,
 * or ended it.
 * @module
 */
import { deflateSync, gzipSync } from "node:zlib";

/** A model that answers in a moment. */
export const DRIVE = "/v2/models/drive-rss/infer";
/** A model that takes scenes. */
export const SCENE = "/v2/models/scene-indices/infer";
/** Where the asks come from: Paris. */
export const PARAMETERS = { origin_lat: 48.86, origin_lon: 2.35 };
/** An inference of DRIVE that costs next to nothing. */
export const SMALL = {
  parameters: PARAMETERS,
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};

const repeated = (item: string, bytes: number) => {
  const count = Math.floor(bytes / (item.length + 1));
  return `[${`${item},`.repeat(count - 1)}${item}]`;
};
const within = (field: object) => JSON.stringify({ ...SMALL, ...field });

/** Valid but for its last element, so that all of it is read and nothing runs. */
function nestedScene(shape: string, first: boolean): string {
  const plane = `[${"[0.12345],".repeat(262_143)}[0.12345]]`;
  const last = `[${"[0.12345],".repeat(262_143)}["x"]]`;
  const data = `"data":[[${`${plane},`.repeat(5)}${last}]]`;
  const fields = first ? [shape, data] : [data, shape];
  return `{"inputs":[{"name":"reflectance","datatype":"FP32",${fields}}]}`;
}

/** Blanks, which every reader skips, in a body that is small until it is unpacked. */
const blanks = (bytes: number) => new Uint8Array(bytes).fill(0x20);
const packed = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes, { level: 9 }));

/** A tensor of zeros behind its JSON, whose size says as many bytes as there are. */
function zerosBehind(json: string, bytes: number): Uint8Array {
  const body = new Uint8Array(json.length + bytes);
  new TextEncoder().encodeInto(json, body);
  return body;
}
const SIZED = JSON.stringify({
  inputs: [{
    name: "reflectance",
    datatype: "FP32",
    shape: [1, 6, 512, 512],
    parameters: { binary_data_size: 6 * 512 * 512 * 4 },
  }],
});

const MEGABYTES_31 = 31e6;
/** Each kind, and the status that it must get. */
export const HOSTILE: {
  what: string;
  path: string;
  body: () => string | Uint8Array<ArrayBuffer>;
  status: number;
  headers?: Record<string, string>;
}[] = [
  {
    what: "2,350,000 nulls as an output's parameters",
    path: SCENE,
    body: () =>
      within({ outputs: [{ name: "class", parameters: "@" }] }).replace(
        '"@"',
        repeated("null", 11e6),
      ),
    status: 400,
  },
  {
    what: "200,000 nulls as an output's parameters",
    path: SCENE,
    body: () =>
      within({ outputs: [{ name: "class", parameters: "@" }] }).replace(
        '"@"',
        repeated("null", 1e6),
      ),
    status: 400,
  },
  { what: "31 MB of brackets", path: SCENE, body: () => "[".repeat(MEGABYTES_31), status: 400 },
  {
    what: "31 MB of integers, and the word INT64 in a name",
    path: SCENE,
    body: () =>
      within({ note: '"datatype":"INT64"', inputs: "@" }).replace(
        '"@"',
        repeated("1234567", MEGABYTES_31),
      ),
    status: 400,
  },
  {
    what: "31 MB of empty objects in a field that nobody knows",
    path: SCENE,
    body: () => within({ unknown: "@" }).replace('"@"', repeated("{}", MEGABYTES_31)),
    status: 400,
  },
  {
    what: "31 MB of numbers for six",
    path: SCENE,
    body: () =>
      JSON.stringify({
        inputs: [{ name: "reflectance", datatype: "FP32", shape: [1, 6, 1, 1], data: "@" }],
      })
        .replace('"@"', repeated("0.25", MEGABYTES_31)),
    status: 400,
  },
  {
    what: "31 MB of numbers before their shape",
    path: SCENE,
    body: () =>
      `{"inputs":[{"data":${
        repeated("0.25", MEGABYTES_31)
      },"name":"reflectance","datatype":"FP32","shape":[1,6,1,1]}]}`,
    status: 400,
  },
  {
    what: "28 MB of brackets around each of many numbers, as the shape has it",
    path: SCENE,
    body: () => nestedScene(`"shape":[1,6,262144,1]`, true),
    status: 400,
  },
  {
    what: "the same with an Idempotency-Key",
    path: SCENE,
    body: () => nestedScene(`"shape":[1,6,262144,1]`, true),
    status: 400,
    headers: { "Idempotency-Key": "nested" },
  },
  {
    what: "28 MB of such brackets before their shape",
    path: SCENE,
    body: () => nestedScene(`"shape":[1,6,262144,1]`, false),
    status: 400,
  },
  {
    what: "a text of 31 MB",
    path: SCENE,
    body: () => within({ id: "x".repeat(MEGABYTES_31) }),
    status: 400,
  },
  {
    what: "more than the model can need",
    path: "/v2/models/telemetry-anomaly/infer",
    body: () => " ".repeat(MEGABYTES_31),
    status: 413,
  },
  {
    what: "100 kB of gzip that unpack to 100 MB",
    path: SCENE,
    body: () => packed(blanks(100e6)),
    headers: { "Content-Encoding": "gzip" },
    status: 413,
  },
  {
    what: "the same as deflate, with an Idempotency-Key",
    path: SCENE,
    body: () => new Uint8Array(deflateSync(blanks(100e6), { level: 9 })),
    headers: { "Content-Encoding": "deflate", "Idempotency-Key": "bomb" },
    status: 413,
  },
  {
    what: "30 kB of gzip that unpack to 31 MB of blanks",
    path: SCENE,
    body: () => packed(blanks(MEGABYTES_31)),
    headers: { "Content-Encoding": "gzip" },
    status: 400,
  },
  {
    what: "200,000 members of gzip that hold nothing",
    path: SCENE,
    body: () => {
      const member = gzipSync("");
      return new Uint8Array(200_000 * member.length).map((_, i) => member[i % member.length]);
    },
    headers: { "Content-Encoding": "gzip" },
    status: 400,
  },
  {
    what: "a policy that unpacks to 100 MB",
    path: "/v1/route",
    body: () => packed(blanks(100e6)),
    headers: { "Content-Encoding": "gzip" },
    status: 413,
  },
  {
    what: "20 MB behind a tensor of 6 MB",
    path: SCENE,
    body: () => new Uint8Array(zerosBehind(SIZED, 26e6)),
    headers: { "Inference-Header-Content-Length": String(SIZED.length) },
    status: 400,
  },
  {
    what: "the same, as 26 kB of gzip",
    path: SCENE,
    body: () => packed(zerosBehind(SIZED, 26e6)),
    headers: {
      "Inference-Header-Content-Length": String(SIZED.length),
      "Content-Encoding": "gzip",
    },
    status: 400,
  },
  {
    what: "a million issues",
    path: "/v1/route",
    body: () => `{"policy":{"deny":${repeated("0", 1e6)}}}`,
    status: 400,
  },
];
