/**
 * Bodies whose sizes lie, encodings that are none, and what of the protocol is not served: each is refused
 * with the reason, and nothing runs.
 */
import { deflateSync, gzipSync } from "node:zlib";
import assert from "node:assert/strict";
import { type Mesh, meshTest } from "../support/mesh.ts";
import { assertRefused, type Refusal } from "../support/refusals.ts";

const test = meshTest();

const INFER = "/v2/models/drive-rss/infer";
const utf8 = new TextEncoder();
const PARAMETERS = { origin_lat: 48.86, origin_lon: 2.35 };
const INPUT = {
  name: "state",
  shape: [1, 6],
  datatype: "FP32",
  parameters: { binary_data_size: 24 },
};
const VALID = {
  parameters: PARAMETERS,
  inputs: [{ ...INPUT, parameters: {}, data: [30, 25, 40, 0.5, 3, 8] }],
};

const refusals = (list: (Omit<Refusal, "path" | "status"> & Partial<Refusal>)[]): Refusal[] =>
  list.map((one) => ({ path: INFER, status: 400, ...one }));

/** A body of JSON and bytes. @param json_bytes what the header says, if it lies */
function binary(
  { input = {}, more = {}, bytes = 24, json_bytes }: {
    input?: object;
    more?: object;
    bytes?: number;
    json_bytes?: string;
  },
) {
  const json = utf8.encode(
    JSON.stringify({ parameters: PARAMETERS, inputs: [{ ...INPUT, ...input }], ...more }),
  );
  const body = new Uint8Array(json.length + bytes);
  body.set(json);
  const length = json_bytes ?? String(json.length);
  return { body, headers: { "Inference-Header-Content-Length": length } };
}

const sized = (binary_data_size: unknown) => ({ parameters: { binary_data_size } });

test("Sizes that lie are refused with what they should be", (mesh) =>
  assertRefused(
    mesh,
    refusals([
      {
        what: "too small",
        ...binary({ input: sized(20) }),
        says:
          /^Input "state" has shape \[1,6\] of FP32, so 24 bytes, but its binary_data_size is 20$/,
      },
      { what: "too large", ...binary({ input: sized(28) }), says: /its binary_data_size is 28$/ },
      { what: "negative", ...binary({ input: sized(-24) }), says: /its binary_data_size is -24$/ },
      { what: "a text", ...binary({ input: sized("24") }), says: /its binary_data_size is "24"$/ },
      {
        what: "too few bytes",
        ...binary({ bytes: 20 }),
        says: /ends after 20 of the 24 bytes.*lacks 4$/,
      },
      { what: "too many bytes", ...binary({ bytes: 25 }), says: /more bytes .* than the 24 of/ },
      {
        what: "a header beyond the body",
        ...binary({ json_bytes: "9999", bytes: 0 }),
        says: /ends after \d+ of the 9999/,
      },
      {
        what: "a header before the JSON's end",
        ...binary({ json_bytes: "40" }),
        says: /not JSON: It ends early/,
      },
      {
        what: "a header in the tensor",
        ...binary({ json_bytes: "190" }),
        says: /Unexpected byte 0|ends after/,
      },
      {
        what: "a negative header",
        ...binary({ json_bytes: "-1" }),
        says: /must be the number of bytes/,
      },
      {
        what: "a header that is no number",
        ...binary({ json_bytes: "1e3" }),
        says: /must be the number of/,
      },
      {
        what: "a header beyond all",
        ...binary({ json_bytes: "99999999999" }),
        says: /must be the number of/,
      },
      { what: "a raw binary request", ...binary({ json_bytes: "0" }), says: /raw binary requests/ },
      { what: "no header", body: binary({}).body, says: /there is no header Inference-Header/ },
      {
        what: "both",
        ...binary({ input: { data: [1, 2, 3, 4, 5, 6] } }),
        says: /both data and binary_data_size/,
      },
      {
        what: "neither",
        ...binary({ input: { parameters: {} }, bytes: 0 }),
        says: /data: must be an array/,
      },
      { what: "a wrong name", ...binary({ input: { name: 5 } }), says: /#\/inputs\/0\/name/ },
      {
        what: "a wrong flag",
        ...binary({ more: { parameters: { binary_data_output: 1 } } }),
        says: /binary_data_output/,
      },
      {
        what: "an output twice",
        ...binary({ more: { outputs: [{ name: "brake_mps2" }, { name: "brake_mps2" }] } }),
        says: /asked for twice/,
      },
    ]),
  ));

test("A body that is not what its Content-Encoding says is refused, and an encoding that is not taken is 415", (mesh) => {
  const whole = utf8.encode(JSON.stringify(VALID));
  const gzip = new Uint8Array(gzipSync(whole));
  const encoded = (encoding: string, body: Uint8Array) => ({
    headers: { "Content-Encoding": encoding },
    body: new Uint8Array(body),
  });
  const flipped = gzip.slice();
  flipped[gzip.length - 6] ^= 1;
  return assertRefused(
    mesh,
    refusals([
      {
        what: "plain text as gzip",
        ...encoded("gzip", whole),
        says: /is not gzip: incorrect header/,
      },
      { what: "zlib as gzip", ...encoded("gzip", deflateSync(whole)), says: /is not gzip/ },
      { what: "gzip as deflate", ...encoded("deflate", gzip), says: /is not deflate/ },
      {
        what: "half of it",
        ...encoded("gzip", gzip.slice(0, 60)),
        says: /not gzip: it ends early/,
      },
      {
        what: "a wrong checksum",
        ...encoded("gzip", flipped),
        says: /not gzip: incorrect data check/,
      },
      {
        what: "junk behind it",
        ...encoded("gzip", Uint8Array.of(...gzip, 1, 2, 3)),
        says: /not gzip/,
      },
      {
        what: "zeros behind it",
        ...encoded("gzip", Uint8Array.of(...gzip, 0, 0)),
        says: /not gzip/,
      },
      {
        what: "bytes behind zlib",
        ...encoded("deflate", Uint8Array.of(...deflateSync(whole), 1)),
        says: /bytes behind its end/,
      },
      { what: "nothing", ...encoded("gzip", new Uint8Array(0)), says: /empty/ },
      ...["br", "zstd", "gzip, gzip", "compress", "x"].map((encoding) => ({
        what: encoding,
        status: 415,
        ...encoded(encoding, whole),
        says: /^Content-Encoding must be gzip or deflate, or absent$/,
      })),
    ]),
  );
});

test("What of the protocol is not served is named", (mesh) => {
  const input = (parameters: object) => ({
    body: { ...VALID, inputs: [{ ...INPUT, parameters }] },
  });
  const output = (parameters: object) => ({
    body: { ...VALID, outputs: [{ name: "brake_mps2", parameters }] },
  });
  const request = (parameters: object) => ({
    body: { ...VALID, parameters: { ...PARAMETERS, ...parameters } },
  });
  const region = { shared_memory_region: "r", shared_memory_byte_size: 24 };
  return assertRefused(
    mesh,
    refusals([
      {
        what: "an input in shared memory",
        ...input(region),
        says: /"shared_memory_region": shared memory is not/,
      },
      {
        what: "an output in shared memory",
        ...output(region),
        says: /"shared_memory_region": shared memory is not/,
      },
      {
        what: "classification",
        ...output({ classification: 3 }),
        says: /"classification": classification is not/,
      },
      {
        what: "a sequence",
        ...request({ sequence_id: 5 }),
        says: /"sequence_id": sequences are not/,
      },
      {
        what: "a named sequence",
        ...request({ sequence_id: "a" }),
        says: /"sequence_id": sequences are not/,
      },
      {
        what: "a sequence's start",
        ...request({ sequence_start: true }),
        says: /"sequence_start"/,
      },
      { what: "a priority", ...request({ priority: 1 }), says: /"priority": .* say class$/ },
      { what: "a timeout", ...request({ timeout: 1_000 }), says: /"timeout": .* say deadline_ms$/ },
      {
        what: "Triton's own",
        ...request({ triton_enable_empty_final_response: true }),
        says: /"triton_enable/,
      },
    ]),
  );
});

test("What clients write where they mean nothing is taken", async (mesh) => {
  const bodies = [
    { ...VALID, id: null, outputs: null },
    { ...VALID, outputs: [] },
    { ...VALID, inputs: [{ ...VALID.inputs[0], parameters: null }] },
    { ...VALID, outputs: [{ name: "brake_mps2", parameters: null }] },
    { ...VALID, parameters: { ...PARAMETERS, sequence_id: 0, priority: 0, sequence_end: false } },
    { ...VALID, parameters: { ...PARAMETERS, of_my_own: "kept to myself" } },
  ];
  for (const body of bodies) {
    const { status, text } = await mesh.call(INFER, { body });
    assert.equal(status, 200, text);
  }
  const { status } = await mesh.call("/v2/models/drive-rss/infer", {
    body: { inputs: VALID.inputs, parameters: null },
    headers: { "Perigee-Origin": "48.86,2.35" },
  });
  assert.equal(status, 200);
});

test("A keyed request that is packed anew is the same request, and its answer is given to who takes no gzip", async (mesh) => {
  const json = utf8.encode(
    JSON.stringify({ ...VALID, parameters: { ...PARAMETERS, binary_data_output: true } }),
  );
  const ask = async (packed: Uint8Array<ArrayBuffer>, accepted: string, encoding = "gzip") => {
    const response = await fetch(`${mesh.url}${INFER}`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${mesh.emulator.secrets.dev_key}`,
        "Content-Encoding": encoding,
        "Idempotency-Key": "packed",
        "Accept-Encoding": accepted,
      },
      body: packed,
    });
    const { status, headers } = response;
    return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  const first = await ask(new Uint8Array(gzipSync(json)), "gzip");
  assert.equal(first.status, 200);
  // gzip.compress() of Python writes the time into the header.
  const later = new Uint8Array(gzipSync(json, { level: 1 }));
  later.set([1, 2, 3, 4], 4);
  const again = await ask(later, "identity");
  assert.equal(again.status, 200);
  assert.equal(again.headers.get("Idempotency-Replayed"), "true");
  assert.deepEqual(again.bytes, first.bytes);
  const told = first.headers.get("Inference-Header-Content-Length");
  assert.equal(again.headers.get("Inference-Header-Content-Length"), told);
  const other = new Uint8Array(gzipSync(utf8.encode(JSON.stringify(VALID))));
  assert.equal((await ask(other, "gzip")).status, 422);
});

test("Every route that takes JSON takes it packed, from a form and without a content type", async (mesh) => {
  const body = utf8.encode(
    JSON.stringify({ model: "drive-rss", origin: { lat: 48.86, lon: 2.35 } }),
  );
  const places = await Promise.all([
    route(mesh, body, {}),
    route(mesh, new Uint8Array(gzipSync(body)), { "Content-Encoding": "gzip" }),
    route(mesh, body, { "Content-Type": "application/x-www-form-urlencoded" }),
    route(mesh, body, { "Content-Type": "" }),
  ]);
  for (const place of places) assert.deepEqual(Object.keys(place), Object.keys(places[0]));
  const form = { "Content-Type": "application/x-www-form-urlencoded" };
  await assertNotJson(mesh, form);
});

async function route(
  mesh: Mesh,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<object> {
  const reply = await mesh.call("/v1/route", { body, headers });
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
}

async function assertNotJson(mesh: Mesh, headers: Record<string, string>): Promise<void> {
  for (const path of ["/v1/route", INFER]) {
    const { status, text } = await mesh.call(path, { body: "lat=48.86&lon=2.35", headers });
    assert.equal(status, 400, text);
    assert.match(text, /JSON/, path);
  }
}
