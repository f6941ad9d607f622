/**
 * What a caller can get wrong, by mistake or by intent: each is a precise 4xx, stores nothing and
 * makes no object. The mesh of this file runs no inference at all, so one row would be one too many.
 * @module
 */
import assert from "node:assert/strict";
import { assertRefused, type Refusal } from "../support/refusals.ts";
import { meshTest } from "../support/mesh.ts";
import { assertTooLarge } from "../support/upload.ts";

const INFER = "/v2/models/drive-rss/infer";
const test = meshTest();

const INPUT = { name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] };
const PARAMETERS = { origin_lat: 48.8566, origin_lon: 2.3522 };
const withInput = (change: object) => ({
  parameters: PARAMETERS,
  inputs: [{ ...INPUT, ...change }],
});
const withParameters = (change: object) => ({
  parameters: { ...PARAMETERS, ...change },
  inputs: [INPUT],
});
const VALID = withInput({});
/** The valid body as text, with one part of it replaced: for what JSON.stringify does not write. */
const text = (part: string, by: string) => {
  const whole = JSON.stringify(VALID);
  assert.ok(whole.includes(part));
  return whole.replace(part, by);
};
const BEFORE_1970 = ["1969-12-31T23:59:59Z", "0026-11-26T00:00:00Z", "0000-01-01T00:00:00Z"];
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

/** Requests to infer, each refused with 400 unless it says otherwise. */
const infer = (
  refusals: (Pick<Refusal, "what" | "says"> & Partial<Refusal>)[],
): Refusal[] => refusals.map((refusal) => ({ path: INFER, status: 400, ...refusal }));

test("Inference refuses a model or a version that there is not", (mesh) =>
  assertRefused(
    mesh,
    infer([
      { what: "unknown model", path: "/v2/models/nope/infer", says: /no model "nope": there are / },
      { what: "a prototype's name", path: "/v2/models/__proto__/infer", says: /no model/ },
      { what: "a path for a name", path: "/v2/models/..%2f..%2fetc/infer", says: /no model/ },
      { what: "a name of NUL", path: "/v2/models/%00/infer", says: /no model/ },
      { what: "a name that is not UTF-8", path: "/v2/models/%E0%A4%A/infer", says: /no model/ },
      { what: "a long name", path: `/v2/models/${"m".repeat(8_000)}/infer`, says: /no model/ },
      {
        what: "unknown version",
        path: "/v2/models/drive-rss/versions/9/infer",
        says: /no version "9": it has 1/,
      },
    ]).map((refusal) => ({ ...refusal, body: VALID, status: 404 })),
  ));

test("Inference refuses a tensor that the model does not take, and says what is wrong with it", (mesh) =>
  assertRefused(
    mesh,
    infer([
      {
        what: "another name",
        body: withInput({ name: "x" }),
        says: /no input "x": it takes state/,
      },
      { what: "no name", body: withInput({ name: undefined }), says: /inputs\/0\/name/ },
      { what: "a name twice", body: { inputs: [INPUT, INPUT] }, says: /Two inputs/ },
      { what: "another datatype", body: withInput({ datatype: "FP64" }), says: /must be FP32/ },
      { what: "no datatype", body: withInput({ datatype: "FP99" }), says: /inputs\/0\/datatype/ },
      { what: "shape turned round", body: withInput({ shape: [6, 1] }), says: /dimension 1 must/ },
      { what: "a dimension less", body: withInput({ shape: [6] }), says: /2 dimensions, not 1/ },
      {
        what: "a negative dimension",
        body: withInput({ shape: [-1, 6] }),
        says: /inputs\/0\/shape/,
      },
      { what: "half a dimension", body: withInput({ shape: [1.5, 6] }), says: /inputs\/0\/shape/ },
      { what: "no rows", body: withInput({ shape: [0, 6], data: [] }), says: /positive integer/ },
      { what: "nine dimensions", body: withInput({ shape: Array(9).fill(1) }), says: /shape/ },
      { what: "text for a dimension", body: withInput({ shape: ["1", 6] }), says: /shape/ },
      { what: "a huge shape", body: withInput({ shape: [1e9, 6] }), says: /prevents/ },
      { what: "a huge shape in range", body: withInput({ shape: [2e5, 6] }), says: /data holds 6/ },
      { what: "a shape past 2^53", body: withInput({ shape: [2 ** 60, 6] }), says: /shape/ },
      { what: "too few elements", body: withInput({ data: [1, 2] }), says: /6 elements, but .* 2/ },
      { what: "data that is no array", body: withInput({ data: {} }), says: /data: must be an/ },
      { what: "no data", body: withInput({ data: undefined }), says: /data: must be an array/ },
      { what: "ragged data", body: withInput({ data: [[1, 2], [3, 4, 5, 6]] }), says: /nested/ },
      {
        what: "no inputs",
        body: { parameters: PARAMETERS, inputs: [] },
        says: /Input "state" is missing/,
      },
      { what: "an object for inputs", body: { inputs: {} }, says: /#\/inputs/ },
      { what: "an output it has not", body: { ...VALID, outputs: [{ name: "z" }] }, says: /"z"/ },
    ]),
  ));

test("Inference refuses elements that are not of the datatype, or overflow it", (mesh) =>
  assertRefused(
    mesh,
    infer([
      { what: "nan", body: text("[30,", "[nan,"), says: /not JSON/ },
      { what: "+Infinity", body: text("[30,", "[+Infinity,"), says: /not JSON/ },
      { what: "-NaN", body: text("[30,", "[-NaN,"), says: /not JSON/ },
      { what: "NaN elsewhere", body: text("48.8566", "NaN"), says: /not JSON/ },
      { what: '"NaN"', body: text("[30,", '["NaN",'), says: /element 0 must be a number/ },
      { what: '"1"', body: text("25,", '"1",'), says: /element 1 must be a number/ },
      { what: "true", body: text("25,", "true,"), says: /element 1 must be a number/ },
      { what: "an object", body: text("25,", "{},"), says: /element 1 must be a number/ },
      { what: "past FP32", body: text("[30,", "[1e39,"), says: /element 0 must be finite as FP32/ },
      { what: "past FP64", body: text("[30,", "[1e400,"), says: /element 0 must be finite/ },
    ]),
  ));

test("Inference refuses a body that is not a JSON object in UTF-8", (mesh) =>
  assertRefused(
    mesh,
    infer([
      { what: "an empty body", body: "", says: /empty/ },
      { what: "no body", method: "POST", says: /empty/ },
      { what: "half a body", body: JSON.stringify(VALID).slice(0, 40), says: /not JSON/ },
      { what: "null", body: "null", says: /expected object/ },
      { what: "an array", body: "[]", says: /expected object/ },
      { what: "a number", body: "3", says: /expected object/ },
      { what: "not UTF-8", body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), says: /not UTF-8/ },
      { what: "UTF-16", body: new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), says: /not UTF-8/ },
      ...["text/plain", "application/octet", "multipart/form-data", "json"].map((type) => ({
        what: `content type ${type}`,
        status: 415,
        headers: { "Content-Type": type },
        body: JSON.stringify(VALID),
        says: /Content-Type must be application\/json/,
      })),
    ]),
  ));

test("Inference refuses nesting of any depth without a fault of its own", (mesh) => {
  const depths = [9, 1_000, 100_000, 1_000_000];
  return assertRefused(
    mesh,
    infer(
      depths.flatMap((depth) => [
        { what: `data, ${depth} deep`, body: text(JSON.stringify(INPUT.data), nested(depth)) },
        { what: `shape, ${depth} deep`, body: text("[1,6]", nested(depth)) },
        { what: `inputs, ${depth} deep`, body: `{"inputs":${nested(depth)}}` },
        { what: `all of it, ${depth} deep`, body: nested(depth) },
        {
          what: `data of 64-bit integers, ${depth} deep`,
          body: text(JSON.stringify(INPUT.data), nested(depth)).replace("FP32", "INT64"),
        },
        { what: `objects, ${depth} deep`, body: '{"a":'.repeat(depth) + "1" + "}".repeat(depth) },
      ]).map((refusal) => ({ ...refusal, says: /./ })),
    ),
  );
});

test("Inference refuses an origin, a deadline or a class that cannot be", (mesh) =>
  assertRefused(
    mesh,
    infer([
      { what: "latitude 91", body: withParameters({ origin_lat: 91 }), says: /origin_lat.*<=90/ },
      {
        what: "latitude -91",
        body: withParameters({ origin_lat: -91 }),
        says: /origin_lat.*>=-90/,
      },
      { what: "longitude 181", body: withParameters({ origin_lon: 181 }), says: /origin_lon/ },
      { what: "latitude as text", body: withParameters({ origin_lat: "48" }), says: /origin_lat/ },
      { what: "latitude null", body: withParameters({ origin_lat: null }), says: /origin_lat/ },
      { what: "half a place", body: withParameters({ origin_lat: undefined }), says: /together/ },
      { what: "too high", body: withParameters({ origin_alt_m: 1e9 }), says: /origin_alt_m/ },
      { what: "no origin", body: { inputs: [INPUT] }, says: /Name the origin/ },
      { what: "deadline -1", body: withParameters({ deadline_ms: -1 }), says: /deadline_ms.*>0/ },
      { what: "deadline 0", body: withParameters({ deadline_ms: 0 }), says: /deadline_ms.*>0/ },
      { what: "deadline of a day", body: withParameters({ deadline_ms: 864e5 }), says: /deadline/ },
      {
        what: "deadline before light is back",
        status: 422,
        body: withParameters({ deadline_ms: 0.5 }),
        says: /within 0.5 ms/,
      },
      { what: "unknown class", body: withParameters({ class: "vip" }), says: /class/ },
      ...["48.8;2.3", "91,2", "0,181", "1e1,2", "NaN,0", "", "48.8", "1,2,3", "x".repeat(4_000)]
        .map((origin) => ({
          what: `Perigee-Origin: ${origin.slice(0, 20)}`,
          headers: { "Perigee-Origin": origin },
          body: { inputs: [INPUT] },
          says: /Perigee-Origin must be <lat>,<lon>/,
        })),
    ]),
  ));

const HOSTILE_NODES = [
  "nope",
  "G2A-999-999",
  "G2A-0017-042",
  "G2A-017-042@weur",
  "g2a-017-042",
  "G2A--17-042",
  "G2A-017-042\n",
  "G2A-017-042\u0000",
  "../../etc/passwd",
  "' OR 1=1 --",
  "__proto__",
  "\u202eG2A-017-042",
  "Ｇ2A-017-042",
];

test("An id that the constellation does not hold is 404 as a node and as an origin, and makes no object", async (mesh) => {
  await assertRefused(
    mesh,
    [...HOSTILE_NODES, "n".repeat(30_000)].map((id) => ({
      what: `node ${JSON.stringify(id.slice(0, 40))}`,
      path: `/v1/nodes/${encodeURIComponent(id)}`,
      status: 404,
      says: /has no node/,
    })),
  );
  await assertRefused(
    mesh,
    ["%zz", "%E0%A4%A", "G2A-017-042%2F", "%2e%2e%2fusage"].map((id) => ({
      what: `node ${id} as it is`,
      path: `/v1/nodes/${id}`,
      status: 404,
      says: /has no node/,
    })),
  );
  await assertRefused(
    mesh,
    HOSTILE_NODES.map((origin_node) => ({
      what: `origin ${JSON.stringify(origin_node)}`,
      path: INFER,
      body: { parameters: { origin_node }, inputs: [INPUT] },
      status: 404,
      says: /has no node/,
    })),
  );
  await assertRefused(
    mesh,
    infer([
      {
        what: "a place and a node",
        body: withParameters({ origin_node: "G2A-017-042" }),
        says: /not both/,
      },
      {
        what: "a long origin",
        body: { parameters: { origin_node: "n".repeat(30_000) }, inputs: [INPUT] },
        says: /origin_node/,
      },
    ]),
  );
});

test("Every route of a tenant asks for a live key with its scope", async (mesh) => {
  const past = new Date(Date.now() - 1_000).toISOString();
  const keys = {
    expired: await mesh.tenant("bad-keys", { expires_at: past }),
    reader: await mesh.tenant("bad-keys", { scopes: ["read"] }),
    runner: await mesh.tenant("bad-keys", { scopes: ["infer"] }),
  };
  const { admin_token, dev_key } = mesh.emulator.secrets;
  const routes: { path: string; body?: object; scope: string }[] = [
    { path: INFER, body: VALID, scope: "infer" },
    { path: "/v1/route", body: { model: "drive-rss" }, scope: "infer" },
    { path: "/v1/nodes/G2A-017-042", scope: "read" },
    { path: "/v1/constellation", scope: "read" },
    { path: "/v1/placements", scope: "read" },
    { path: "/v1/placements/x", scope: "read" },
    { path: "/v1/usage", scope: "read" },
  ];
  const shown: Record<string, Partial<Refusal>> = {
    "no key": { key: null },
    "a made-up key": { key: "pgk_00000000000000000000000000000000000000" },
    "an expired key": { key: keys.expired },
    "a key cut short": { key: dev_key.slice(0, -1) },
    "a key of 10,000 letters": { key: "k".repeat(10_000) },
    "another scheme": { key: null, headers: { Authorization: `Basic ${btoa(dev_key)}` } },
    "the bare key": { key: null, headers: { Authorization: dev_key } },
    "two keys": { key: null, headers: { Authorization: `Bearer ${dev_key} ${dev_key}` } },
  };
  await assertRefused(
    mesh,
    routes.flatMap(({ path, body, scope }) => [
      ...Object.entries(shown).map(([what, call]) => ({
        what,
        path,
        body,
        status: 401,
        says: /key is missing, unknown, expired or revoked/,
        ...call,
      })),
      {
        what: `a key without ${scope}`,
        path,
        body,
        status: 403,
        says: new RegExp(`no scope "${scope}"`),
        key: scope === "read" ? keys.runner : keys.reader,
      },
      // An operator reads, and runs nothing.
      ...(scope === "read" ? [] : [{
        what: "the admin token",
        path,
        body,
        status: 403,
        says: /credential is no tenant's/,
        key: admin_token,
      }]),
    ]),
  );
});

test("Tenants and keys are for the admin token alone, and made only of what is valid", async (mesh) => {
  await mesh.tenant("taken");
  const TENANTS = "/v1/tenants";
  const KEYS = "/v1/tenants/taken/keys";
  const calls = [
    { path: TENANTS },
    { path: TENANTS, body: { id: "mallory", name: "x" } },
    { path: KEYS },
    { path: KEYS, body: { name: "x" } },
    { path: `${KEYS}/x`, method: "DELETE" },
  ];
  const { dev_key, admin_token } = mesh.emulator.secrets;
  const wrong = `${admin_token.slice(0, -1)}${admin_token.endsWith("0") ? "1" : "0"}`;
  await assertRefused(
    mesh,
    calls.flatMap((call) =>
      [null, dev_key, wrong, admin_token + "0"].map((key) => ({
        what: `${call.method ?? (call.body ? "POST" : "GET")} with ${key?.slice(0, 8)}...`,
        ...(key === dev_key
          ? { status: 403, says: /opens no admin route/ }
          : { status: 401, says: /admin token or key is missing/ }),
        key,
        ...call,
      }))
    ),
  );
  const made = (path: string, status: number, says: RegExp) => (body: object | string) => ({
    what: `${path} with ${JSON.stringify(body).slice(0, 60)}`,
    key: admin_token,
    path,
    body,
    status,
    says,
  });
  await assertRefused(mesh, [
    ...["", "-a", "Acme", "a b", "a/b", "a".repeat(64), "ä", 7, null, undefined]
      .map((id) => made(TENANTS, 400, /#\/id/)({ id, name: "x" })),
    ...["", "n".repeat(201), 7, undefined].map((name) =>
      made(TENANTS, 400, /#\/name/)({ id: "fresh", name })
    ),
    ...["", "{", "NaN"].map(made(TENANTS, 400, /JSON|empty/)),
    made(TENANTS, 400, /expected object/)("[]"),
    made(TENANTS, 409, /a tenant "taken" already/)({ id: "taken", name: "again" }),
    made("/v1/tenants/nobody/keys", 404, /no tenant "nobody"/)({ name: "x" }),
    made("/v1/tenants/Nobody!/keys", 400, /#\/tenant/)({ name: "x" }),
    made(KEYS, 400, /#\/scopes\/0/)({ name: "x", scopes: ["admin"] }),
    made(KEYS, 400, /#\/scopes/)({ name: "x", scopes: [] }),
    made(KEYS, 400, /#\/expires_at/)({ name: "x", expires_at: "soon" }),
    made(KEYS, 400, /#\/expires_at/)({ name: "x", expires_at: 7 }),
    ...BEFORE_1970.flatMap((expires_at) =>
      [KEYS, "/v1/admin-keys"].map((path) =>
        made(path, 400, /#\/expires_at: must not be before 1970/)({ name: "x", expires_at })
      )
    ),
    ...BEFORE_1970.map((valid_from) =>
      made("/v1/prices", 400, /#\/valid_from: must not be before 1970/)({
        valid_from,
        per_request: 1,
        per_mega_operation: 1,
        per_kilobyte: 1,
      })
    ),
    ...["0026-10", "1969-12", "0000-01"].map((period) =>
      made("/v1/tenants/taken/invoices", 400, /#\/period: must be a month since 1970/)({ period })
    ),
    { ...made(`${KEYS}/nope`, 404, /no such key/)(""), method: "DELETE" },
  ]);
});

test("/v1/route refuses what it cannot place, and names the field", async (mesh) => {
  const PLACE = { lat: 1, lon: 2 };
  const bad = (what: string, body: object | string | Uint8Array, says: RegExp, status = 400) => ({
    what,
    path: "/v1/route",
    body: body instanceof Uint8Array || typeof body === "string"
      ? body
      : { model: "drive-rss", origin: PLACE, ...body },
    status,
    says,
  });
  await assertRefused(mesh, [
    bad("unknown model", { model: "nope" }, /no model "nope": there are /, 404),
    bad("a prototype's name", { model: "__proto__" }, /no model/, 404),
    bad("no model", { model: undefined }, /#\/model/),
    bad("no origin", { origin: undefined }, /Name the origin/),
    bad("latitude 91", { origin: { lat: 91, lon: 2 } }, /#\/origin\/lat.*<=90/),
    bad("half an origin", { origin: { lat: 1 } }, /#\/origin/),
    bad("an unknown node", { origin: { node: "nope" } }, /no node "nope"/, 404),
    bad("no instant", { at: "yesterday" }, /#\/at/),
    bad("30 February", { at: "2026-02-30T00:00:00Z" }, /#\/at/),
    bad("local time", { at: "2026-11-23T22:00:00+02:00" }, /#\/at/),
    bad("years ahead", { at: "2049-01-01T00:00:00Z" }, /#\/at: must be within 7 days/),
    bad("negative bytes", { bytes_up: -1 }, /#\/bytes_up/),
    bad("half a byte", { bytes_down: 0.5 }, /#\/bytes_down/),
    bad("deadline -5", { deadline_ms: -5 }, /#\/deadline_ms/),
    bad("unknown class", { class: "vip" }, /#\/class/),
    bad("an empty body", "", /JSON|empty/),
    bad("half a body", '{"model":', /JSON/),
    bad("NaN", '{"model":"drive-rss","origin":{"lat":NaN,"lon":2}}', /JSON/),
    bad("1e999", '{"model":"drive-rss","origin":{"lat":1e999,"lon":2}}', /#\/origin/),
    bad("not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), /JSON|UTF-8/),
    bad("null", "null", /expected object/),
    bad("half a million brackets", nested(500_000), /expected object/),
    bad("an origin of brackets", `{"model":"m","origin":${nested(100_000)}}`, /#\/origin/),
    {
      ...bad("another content type", JSON.stringify({ model: "drive-rss", origin: PLACE }), /Type/),
      status: 415,
      headers: { "Content-Type": "text/plain" },
    },
    {
      ...bad("a bad header", { origin: undefined }, /Perigee-Origin must be/),
      headers: { "Perigee-Origin": "91,0" },
    },
  ]);
});

test("A list refuses a limit out of 1 to 1000, a cursor that nobody handed out, and a span that is none", async (mesh) => {
  const bad = (path: string, says: RegExp) => ({
    what: path.slice(0, 80),
    path,
    status: 400,
    says,
  });
  const cursor = (value: unknown) => `cursor=${btoa(JSON.stringify(value))}`;
  const queries = [
    ...["0", "1001", "-1", "1.5", "x", "", "1e3x", "NaN"].map((limit) => `limit=${limit}`),
    ...["cursor=zzz", "cursor=%00", `cursor=${"a".repeat(600)}`],
    ...[null, {}, [1, 2], [1e300, "x"], ["1", "x"], [1]].map(cursor),
  ];
  await assertRefused(mesh, [
    ...queries.map((query) =>
      bad(`/v1/placements?${query}`, query.startsWith("limit") ? /#\/limit/ : /#\/cursor/)
    ),
    ...queries.map((query) => ({
      ...bad(`/v1/tenants?${query}`, query.startsWith("limit") ? /#\/limit/ : /#\/cursor/),
      key: mesh.emulator.secrets.admin_token,
    })),
    bad("/v1/usage?from=yesterday", /#\/from/),
    ...BEFORE_1970.flatMap((at) => [
      bad(`/v1/usage?from=${at}`, /#\/from: must not be before 1970/),
      bad(`/v1/receipts?to=${at}`, /#\/to: must not be before 1970/),
    ]),
    bad("/v1/usage?to=2026-13-01T00:00:00Z", /#\/to/),
    bad("/v1/usage?group_by=tenant", /#\/group_by/),
    bad("/v1/usage?bucket_width=1s", /#\/bucket_width/),
    bad("/v1/usage?bucket_width=1h&group_by=hour", /#\/group_by: must not be hour/),
    bad(
      "/v1/usage?bucket_width=1m&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z",
      /#\/bucket_width: makes 1440 buckets of the span, at most 750/,
    ),
  ]);
});

test("An unknown path is 404 in the body of its API", (mesh) =>
  assertRefused(
    mesh,
    ["/nope", "/v1", "/v1/nope", "/v1/nodes/", "//v1/usage", "/v2/nope", "/v2/models/", "/%00"]
      .map((path) => ({ what: path, path, status: 404, says: /Nothing is at/ })),
  ));

test("Inference refuses a body of 100 MB with 413, whether or not its length is told", (mesh) =>
  assertTooLarge(mesh, INFER, mesh.emulator.secrets.dev_key));

test("An error is small, however large and however wrong the request is", async (mesh) => {
  const many = 100_000;
  const long = "n".repeat(1_000_000);
  const cases: Record<string, Pick<Refusal, "path" | "body" | "key">> = {
    "wrong inputs of inference": {
      path: INFER,
      body: { ...VALID, outputs: Array.from({ length: many }, () => 7) },
    },
    "a long output of inference": { path: INFER, body: { ...VALID, outputs: [{ name: long }] } },
    "a long parameter of inference": {
      path: INFER,
      body: { ...VALID, inputs: [{ ...INPUT, parameters: { [long]: [] } }] },
    },
    "wrong rules of a policy": {
      path: "/v1/route",
      body: { model: "drive-rss", policy: { allow: Array.from({ length: many }, () => 7) } },
    },
    "a long query": { path: `/v1/usage?group_by=${"n".repeat(8_000)}`, body: undefined },
    "wrong scopes": {
      path: "/v1/tenants/acme/keys",
      body: { name: "x", scopes: Array.from({ length: many }, () => 7) },
      key: mesh.emulator.secrets.admin_token,
    },
  };
  for (const [what, { path, ...call }] of Object.entries(cases)) {
    const { status, text, body } = await mesh.call(path, call);
    assert.equal(status, 400, `${what}: ${text.slice(0, 300)}`);
    assert.ok(text.length < 16_384, `${what}: ${text.length} characters`);
    assert.ok((body.errors ?? []).length <= 20, what);
  }
});
