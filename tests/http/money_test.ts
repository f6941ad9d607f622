/**
 * Prices, receipts and invoices over HTTP: every charge can be computed again by who pays it.
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Json, type Mesh, meshTest, within } from "../support/mesh.ts";

// Early in a month: the one before is over.
const test = meshTest({ PERIGEE_CLOCK: "2026-11-01T00:00:10Z" });
const PERIOD = "2026-10";
const WITHIN_PERIOD_MS = Date.UTC(2026, 9, 15);

const COPIED = "tenant_id, key_id, node, region, model, model_version, class, operations, " +
  "energy_mj, npu_us, bytes_up, bytes_down, price_list, charge_microcredits, recorded_at_ms";

const EXAMPLES = ["drive-rss", "telemetry-anomaly", "scene-indices"];

async function run(mesh: Mesh, key: string, model: string): Promise<Json> {
  const file = new URL(`../../docs/examples/${model}.json`, import.meta.url);
  const body = await Deno.readTextFile(file);
  const reply = await mesh.call(`/v2/models/${model}/infer`, { key, body });
  assert.equal(reply.status, 200, reply.text);
  return reply.body.parameters;
}

/** All receipts of a tenant, once there are so many. */
const receipts = (mesh: Mesh, key: string, count: number, query = ""): Promise<Json[]> =>
  within(20_000, `${count} receipts`, async () => {
    const { status, text, body } = await mesh.call(`/v1/receipts?limit=1000${query}`, { key });
    assert.equal(status, 200, text);
    return body.data.length >= count ? body.data : null;
  });

/** RFC 4180 for fields without quotes. */
function parseCsv(text: string): Record<string, string>[] {
  const [header, ...rows] = text.trimEnd().split("\r\n").map((line) => line.split(","));
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i]])));
}

test("Every receipt names its prices, and its charge can be computed again to the unit, for every model", async (mesh) => {
  const key = await mesh.tenant("payer");
  // In force since before the mesh began; an admin could only have added it a minute ahead.
  await mesh.rows(
    "INSERT INTO prices VALUES ('autumn', 1, 7, 3, 11, 1), ('later', 9e12, 1, 1, 1, 1)",
  );
  // Until the isolate has heard of it.
  const other = await mesh.tenant("other-payer");
  await within(30_000, "a run by the new list", async () => {
    await run(mesh, other, EXAMPLES[0]);
    const { body } = await mesh.call("/v1/receipts?limit=1000", { key: other });
    return body.data.some(({ price_list }: Json) => price_list === "autumn") || null;
  }, 500);
  const answers: Json[] = [];
  for (const model of EXAMPLES) answers.push(await run(mesh, key, model));
  const { body: { data: lists } } = await mesh.call("/v1/prices", { key });
  assert.deepEqual(lists.map(({ id }: Json) => id), ["launch", "autumn", "later"]);
  const found = await receipts(mesh, key, EXAMPLES.length);
  assert.equal(found.length, EXAMPLES.length);
  for (const receipt of found) {
    assert.equal(receipt.price_list, "autumn");
    const prices = lists.find(({ id }: Json) => id === receipt.price_list);
    const charge = prices.per_request +
      Math.ceil(receipt.operations / 1e6) * prices.per_mega_operation +
      Math.ceil((receipt.bytes_up + receipt.bytes_down) / 1e3) * prices.per_kilobyte;
    assert.equal(receipt.charge_microcredits, charge, receipt.model);
    const answer: Json = answers.find(({ execution_id }) => execution_id === receipt.id);
    assert.equal(answer.charge_microcredits, charge, "the answer says another charge");
  }
});

test("GET /v1/receipts gives the same as CSV, JSON Lines and CloudEvents, page by page, and nobody else's", async (mesh) => {
  const [key, other] = [await mesh.tenant("reader"), await mesh.tenant("stranger")];
  for (let i = 0; i < 5; i++) await run(mesh, key, "drive-rss");
  await run(mesh, other, "drive-rss");
  const all = await receipts(mesh, key, 5);
  const ids = all.map(({ id }) => id);
  assert.equal(new Set(ids).size, 5);
  const get = async (query: string, type: string) => {
    const reply = await mesh.call(`/v1/receipts?${query}`, { key });
    assert.equal(reply.status, 200, reply.text);
    assert.ok(reply.headers.get("Content-Type")?.startsWith(type));
    return reply;
  };
  const lines = (await get("format=jsonl", "application/jsonl")).text.trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line)), all);
  const events = (await get("format=cloudevents", "application/cloudevents-batch+json")).body;
  assert.deepEqual(events.map(({ data }: Json) => data), all);
  for (const { specversion, id, data, source, type, time } of events) {
    assert.deepEqual([specversion, id, time], ["1.0", data.id, data.executed_at]);
    assert.ok(source.length > 0 && type.length > 0);
  }

  const rows: Record<string, string>[] = [];
  for (let next: string | null = "/v1/receipts?format=csv&limit=2"; next !== null;) {
    const reply = await mesh.call(next, { key });
    rows.push(...parseCsv(reply.text));
    next = /^<([^>]+)>; rel="next"$/.exec(reply.headers.get("Link") ?? "")?.[1] ?? null;
  }
  const asText = all.map((receipt) =>
    Object.fromEntries(Object.entries(receipt).map(([name, value]) => [name, `${value ?? ""}`]))
  );
  assert.deepEqual(rows, asText);

  const { headers } = await get("limit=1000", "application/json");
  const cursor = headers.get("Perigee-Cursor");
  await run(mesh, key, "drive-rss");
  const [late] = await receipts(mesh, key, 1, `&cursor=${cursor}`);
  assert.ok(!ids.includes(late.id), "the cursor is to go on after what was there");
});

test("Perigee-Cursor says nothing of others: neither what they ran nor how much, and opens nothing of theirs", async (mesh) => {
  const [key, other] = [await mesh.tenant("counting"), await mesh.tenant("counted")];
  const cursorOf = async (key: string, query = "") => {
    const reply = await mesh.call(`/v1/receipts?limit=1000${query}`, { key });
    assert.equal(reply.status, 200, reply.text);
    return reply.headers.get("Perigee-Cursor");
  };
  const none = await cursorOf(key);
  await run(mesh, key, "drive-rss");
  const [{ id }] = await receipts(mesh, key, 1);
  const before = await cursorOf(key);
  assert.notEqual(before, none);
  for (let i = 0; i < 3; i++) await run(mesh, other, "drive-rss");
  await receipts(mesh, other, 3);
  assert.equal(await cursorOf(key), before);
  await run(mesh, key, "drive-rss");
  const [next] = await receipts(mesh, key, 1, `&cursor=${before}`);
  assert.notEqual(next.id, id);
  // From where there was nothing yet, nothing is missed.
  assert.deepEqual((await receipts(mesh, key, 2, `&cursor=${none}`)).map(({ id }) => id), [
    id,
    next.id,
  ]);
  const stolen = await mesh.call(`/v1/receipts?cursor=${await cursorOf(other)}`, { key });
  assert.equal(stolen.status, 400, stolen.text);
});

test("A receipt whose lease was closed already says what is waived, next to its charge, in every format", async (mesh) => {
  const key = await mesh.tenant("late");
  for (let i = 0; i < 2; i++) await run(mesh, key, "drive-rss");
  const [before] = await receipts(mesh, key, 2);
  // As record-executions.ts leaves one that comes after its lease's end.
  await mesh.rows(
    `UPDATE receipts SET waived_microcredits = charge_microcredits, charge_microcredits = 0
    WHERE id = ?`,
    [before.id],
  );
  const [waived, charged] = await receipts(mesh, key, 2);
  const price = charged.charge_microcredits;
  assert.ok(price > 0);
  assert.equal(charged.waived_microcredits, 0);
  assert.deepEqual([waived.charge_microcredits, waived.waived_microcredits], [0, price]);
  const file = async (format: string) =>
    (await mesh.call(`/v1/receipts?format=${format}`, { key })).text;
  const csv = await file("csv");
  assert.match(csv, /^[^\r]*,charge_microcredits,waived_microcredits,/);
  assert.deepEqual(
    parseCsv(csv).map((row) => [row.charge_microcredits, row.waived_microcredits]),
    [["0", `${price}`], [`${price}`, "0"]],
  );
  const lines = (await file("jsonl")).trimEnd().split("\n").map((line) => JSON.parse(line));
  const events = JSON.parse(await file("cloudevents")).map(({ data }: Json) => data);
  for (const form of [lines, events]) {
    assert.deepEqual(form.map((one: Json) => one.waived_microcredits), [price, 0]);
  }
});

test("An invoice is the exact sum of the receipts on it, issued once, when its month is over", async (mesh) => {
  const [key, other] = [await mesh.tenant("invoiced"), await mesh.tenant("not-invoiced")];
  const path = "/v1/tenants/invoiced/invoices";
  for (const model of EXAMPLES) await run(mesh, key, model);
  const soon = await mesh.admin(path, { body: { period: "2026-11" } });
  assert.equal(soon.status, 400, soon.text);
  assert.equal(soon.body.errors[0].pointer, "#/period");
  const now = await receipts(mesh, key, EXAMPLES.length);
  // The same runs as of the month before; those of now are not on its invoice.
  await mesh.rows(
    `INSERT INTO receipts (id, executed_at_ms, ${COPIED}) SELECT 'october-' || id, ?, ${COPIED}
    FROM receipts WHERE tenant_id = 'invoiced'`,
    [WITHIN_PERIOD_MS],
  );

  const issued = await mesh.admin(path, { body: { period: PERIOD } });
  assert.equal(issued.status, 201, issued.text);
  assert.equal((await mesh.admin(path, { body: { period: PERIOD } })).status, 409);
  const { id } = issued.body;
  const shown = await mesh.call(`/v1/invoices/${id}`, { key });
  assert.deepEqual(shown.body, issued.body);
  const csv = await mesh.call(`/v1/receipts?format=csv&invoice=${id}`, { key });
  const rows = parseCsv(csv.text);
  assert.deepEqual(rows.map(({ id }) => id), now.map(({ id }) => `october-${id}`));
  for (const name of ["operations", "energy_mj", "npu_us", "bytes_up", "charge_microcredits"]) {
    const plain = rows.reduce((sum, row) => sum + Number(row[name]), 0);
    assert.equal(shown.body.total[name], plain, name);
  }
  assert.equal(shown.body.total.executions, rows.length);

  assert.equal((await mesh.call(`/v1/invoices/${id}`, { key: other })).status, 404);
  assert.deepEqual((await mesh.call("/v1/invoices", { key: other })).body.data, []);
  assert.equal((await mesh.call(`/v1/receipts?invoice=${id}`, { key: other })).body.data.length, 0);
  const mine = await mesh.call("/v1/invoices", { key });
  assert.deepEqual(mine.body.data.map((invoice: Json) => invoice.id), [id]);
  assert.equal(
    (await mesh.admin("/v1/tenants/nobody/invoices", { body: { period: PERIOD } })).status,
    404,
  );
});

test("POST /v1/prices takes a list that is a minute ahead, once, from an admin", async (mesh) => {
  const key = await mesh.tenant("curious");
  const prices = { per_request: 1, per_mega_operation: 2, per_kilobyte: 3 };
  const body = { valid_from: "2027-06-01T00:00:00.000Z", ...prices };
  assert.equal((await mesh.call("/v1/prices", { key, body })).status, 403);
  for (
    const [what, wrong, pointer] of [
      ["an instant that is past", { ...body, valid_from: "2026-10-01T00:00:00Z" }, "#/valid_from"],
      ["half a micro-credit", { ...body, per_request: 0.5 }, "#/per_request"],
      ["a price below nothing", { ...body, per_kilobyte: -1 }, "#/per_kilobyte"],
      ["no price", { ...body, per_mega_operation: undefined }, "#/per_mega_operation"],
    ] as const
  ) {
    const reply = await mesh.admin("/v1/prices", { body: wrong });
    assert.equal(reply.status, 400, `${what}: ${reply.text}`);
    assert.equal(reply.body.errors[0].pointer, pointer, what);
  }
  const made = await mesh.admin("/v1/prices", { body });
  assert.equal(made.status, 201, made.text);
  assert.equal((await mesh.admin("/v1/prices", { body })).status, 409);
  const { body: { data } } = await mesh.call("/v1/prices", { key });
  assert.deepEqual(data.find(({ id }: Json) => id === made.body.id), made.body);
});

test("GET /v1/placements says which country lay below, and which policy and objective held", async (mesh) => {
  const key = await mesh.tenant("audited");
  const policy = { allow: [{ area: AROUND_PARIS }], deny: [{ country: "US" }] };
  const body = {
    parameters: {
      origin_lat: 48.86,
      origin_lon: 2.35,
      policy: JSON.stringify(policy),
      objective: "energy",
    },
    inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
  };
  const { status, text, body: answer } = await mesh.call("/v2/models/drive-rss/infer", {
    key,
    body,
  });
  assert.equal(status, 200, text);
  const { execution_id: id } = answer.parameters;
  const placement = await within(10_000, `placement ${id}`, async () => {
    const reply = await mesh.call(`/v1/placements/${id}`, { key });
    return reply.status === 200 ? reply.body : null;
  });
  assert.equal(placement.country, "FR");
  const area = createHash("sha256").update(JSON.stringify(AROUND_PARIS)).digest("hex").slice(0, 16);
  assert.deepEqual(placement.policy, {
    objective: "energy",
    allow: [`area:sha256-${area}`],
    deny: ["country:US"],
  });
  const parameters = { ...body.parameters, objective: "speed" };
  const wrong = await mesh.call("/v2/models/drive-rss/infer", {
    key,
    body: { ...body, parameters },
  });
  assert.equal(wrong.status, 400, wrong.text);
  assert.match(wrong.body.error, /objective/);
});

test("A span that ends before it begins is 400, with its place", async (mesh) => {
  for (const path of ["/v1/usage", "/v1/receipts"]) {
    const reply = await mesh.call(`${path}?from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z`);
    assert.equal(reply.status, 400, reply.text);
    assert.equal(reply.body.errors[0].pointer, "#/from");
  }
  // The numbers of an earlier release count everybody's receipts: they are refused, and said to be old.
  const old = await mesh.call("/v1/receipts?cursor=r2s");
  assert.equal(old.status, 400, old.text);
  assert.match(old.body.errors[0].detail, /earlier release: begin without one/);
  for (const cursor of ["x", "r", "r!", "rzzzzzzzzzzzz", "-1", "r'; --", "r.", "r.none"]) {
    const reply = await mesh.call(`/v1/receipts?cursor=${encodeURIComponent(cursor)}`);
    assert.equal(reply.status, 400, `${cursor}: ${reply.text}`);
  }
});

/** Land of France on every side, wide enough that some node is above it. */
const AROUND_PARIS = {
  type: "Polygon",
  coordinates: [[[0.5, 46], [4.5, 46], [4.5, 49], [0.5, 49], [0.5, 46]]],
};
