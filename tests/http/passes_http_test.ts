/**
 * `GET /v1/passes` over HTTP, against satellite.js look angles of every node.
 */
import assert from "node:assert/strict";
import { ecfToLookAngles } from "satellite.js";
import { type Json, type Mesh, meshTest } from "../support/mesh.ts";
import {
  aboveMask,
  ecfOf,
  FILED,
  filedSatrecs,
  observerOf,
  RAD,
  wholeSky,
} from "../unit/mesh/placement/oracle.ts";
import { seeded } from "../support/random.ts";

const PROMISE_MS = 500;
// A pass that peaks no higher than this above the mask lasts some seconds at most.
const GRAZE_DEG = 0.05;
// A millisecond of flight, to which instants are rounded, is 8 m of range.
const RANGE_KM = 1e-2;
const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 2, 20, 12);
const PARIS = { lat: 48.8566, lon: 2.3522, alt: 0.035 };
const IN_PARIS = "lat=48.8566&lon=2.3522&alt_m=35";

const test = meshTest({ PERIGEE_CLOCK: "2026-03-20T12:00:00Z" });

async function passesOf(mesh: Mesh, query: string): Promise<Json> {
  const { status, body, text } = await mesh.call(`/v1/passes?${query}`);
  assert.equal(status, 200, text);
  return body;
}

const elevationOf = (id: string, at: number): number => {
  const ecf = ecfOf(filedSatrecs()[FILED.indexOf(id)], at);
  return ecfToLookAngles(observerOf(PARIS), ecf).elevation / RAD;
};

function assertContiguous({ from, until, serving }: Json): void {
  assert.equal(serving[0].from, from);
  assert.equal(serving.at(-1).until, until);
  for (let s = 1; s < serving.length; s++) assert.equal(serving[s].from, serving[s - 1].until);
}

/** Who serves at an instant is as near as any node above the mask. */
function assertNearest({ serving }: Json, at: number): void {
  const { node } = serving.find((one: Json) =>
    Date.parse(one.from) <= at && at < Date.parse(one.until)
  );
  const up = aboveMask({ sky: wholeSky(at), place: PARIS, mask_deg: 25 });
  const ours = up.find(({ index }) => FILED.id(index) === node);
  assert.ok(ours, `${node} is not up at ${at}`);
  assert.ok(ours.range_km <= up[0].range_km + RANGE_KM, `${FILED.id(up[0].index)} is nearer`);
}

test("GET /v1/passes over 30 minutes agrees with satellite.js to within 0.5 s on every rise and set", async (mesh) => {
  const from = NOON + 3 * 3_600_000 + 12_345;
  const until = from + 30 * 60_000;
  const at = new Date(from).toISOString();
  const answer = await passesOf(mesh, `${IN_PARIS}&at=${at}&minutes=30&all=true`);
  assert.equal(answer.from, at);
  assert.equal(answer.until, new Date(until).toISOString());
  assert.deepEqual(answer.origin, { lat: 48.8566, lon: 2.3522, alt_m: 35 });
  assert.equal(answer.mask_deg, 25);
  const passes: Json[] = answer.passes;
  assert.ok(passes.length > 1_000, `${passes.length}`);
  for (const { node, rise, set, culmination } of passes) {
    const isUp = (at: number) => elevationOf(node, at) >= 25;
    const [up, down] = [Date.parse(rise), Date.parse(set)];
    assert.ok(up < until && down > from && up < down, node);
    assert.ok(!isUp(up - PROMISE_MS) && !isUp(down + PROMISE_MS), `${node}: up for longer`);
    if (culmination.elevation_deg < 25 + GRAZE_DEG) continue;
    assert.ok(isUp(up + PROMISE_MS) && isUp(down - PROMISE_MS), `${node}: up for less`);
    assert.ok(isUp((up + down) / 2), node);
  }
  // None is missing: at any instant those that are up are those that a scan of all nodes finds.
  const random = seeded(1);
  for (let round = 0; round < 15; round++) {
    const t = random.integer(from, until);
    const ours = passes.filter(({ rise, set }) => Date.parse(rise) <= t && t < Date.parse(set));
    const up = aboveMask({ sky: wholeSky(t), place: PARIS, mask_deg: 25 });
    assert.deepEqual(
      ours.map(({ node }) => node).sort(),
      up.map(({ index }) => FILED.id(index)).sort(),
      `at ${t}`,
    );
    assertNearest(answer, t);
  }
  assertContiguous(answer);
});

test("GET /v1/passes serves ten minutes from now by default, for the origin of the header", async (mesh) => {
  const { status, body, headers } = await mesh.call("/v1/passes", {
    headers: { "Perigee-Origin": "48.8566, 2.3522" },
  });
  assert.equal(status, 200);
  assert.match(headers.get("Server-Timing")!, /passes;dur=/);
  assert.deepEqual(body.origin, { lat: 48.8566, lon: 2.3522, alt_m: 0 });
  const from = Date.parse(body.from);
  assert.ok(from >= NOON && from < NOON + 600_000, body.from);
  assert.equal(Date.parse(body.until) - from, 600_000);
  assert.equal(body.passes, undefined);
  assertContiguous(body);
  for (let minute = 0; minute < 10; minute++) assertNearest(body, from + minute * 60_000 + 1);
});

test("GET /v1/passes names the node that POST /v1/route places an ask on, now and at another date", async (mesh) => {
  const { body: soon } = await mesh.call(`/v1/passes?${IN_PARIS}`);
  for (const at of [Date.parse(soon.from) + 1_000, NOON - 6 * DAY_MS, NOON + 6 * DAY_MS]) {
    const text = new Date(at).toISOString();
    const { serving } = await passesOf(mesh, `${IN_PARIS}&minutes=1&at=${text}`);
    const origin = { lat: PARIS.lat, lon: PARIS.lon, alt_m: 35 };
    const { body } = await mesh.call("/v1/route", {
      body: { model: "scene-indices", origin, at: text },
    });
    assert.equal(serving[0].node, body.placement.node, text);
    const { elevation_deg, slant_range_km } = serving[0];
    assert.ok(Math.abs(elevation_deg.from - body.placement.elevation_deg) < 1e-3);
    assert.ok(Math.abs(slant_range_km.from - body.placement.slant_range_km) < 2e-3);
  }
});

test("GET /v1/passes says so where nobody is above the mask", async (mesh) => {
  const { serving } = await passesOf(mesh, "lat=90&lon=0&mask_deg=60");
  assert.deepEqual(serving.map(({ node }: Json) => node), [null]);
});

test("GET /v1/passes takes an offset, a fraction of a minute and a point on the date line", async (mesh) => {
  const at = encodeURIComponent("2026-03-20T15:00:00.5+02:00");
  const answer = await passesOf(mesh, `lat=-16.85&lon=-180&at=${at}&minutes=1.5`);
  assert.equal(answer.from, "2026-03-20T13:00:00.500Z");
  assert.equal(answer.until, "2026-03-20T13:01:30.500Z");
  assertContiguous(answer);
});

test("GET /v1/passes refuses what it cannot read, and says where", async (mesh) => {
  const far = (days: number) => new Date(NOON + days * DAY_MS).toISOString();
  const cases: [string, string | null][] = [
    ["lat=91&lon=0", "#/lat"],
    ["lat=0&lon=180.1", "#/lon"],
    ["lat=0", "#/lon"],
    ["lon=0", "#/lon"],
    ["lat=&lon=0", "#/lat"],
    ["lat=0x10&lon=0", "#/lat"],
    ["lat=NaN&lon=0", "#/lat"],
    ["lat=1&lat=2&lon=0", "#/lat"],
    [`${IN_PARIS}&alt_m=60000`, "#/alt_m"],
    [`${IN_PARIS}&minutes=0.5`, "#/minutes"],
    [`${IN_PARIS}&minutes=61`, "#/minutes"],
    [`${IN_PARIS}&minutes=ten`, "#/minutes"],
    [`${IN_PARIS}&mask_deg=4.9`, "#/mask_deg"],
    [`${IN_PARIS}&mask_deg=90`, "#/mask_deg"],
    [`${IN_PARIS}&all=maybe`, "#/all"],
    [`${IN_PARIS}&at=tomorrow`, "#/at"],
    [`${IN_PARIS}&at=2026-03-20`, "#/at"],
    [`${IN_PARIS}&at=${far(8)}`, "#/at"],
    [`${IN_PARIS}&at=${far(-8)}`, "#/at"],
    ["", null],
  ];
  for (const [query, pointer] of cases) {
    const { status, body, headers } = await mesh.call(`/v1/passes?${query}`);
    assert.equal(status, 400, query);
    assert.equal(headers.get("Content-Type"), "application/problem+json", query);
    assert.equal(body.type, pointer ? "/docs#invalid_request" : "/docs#origin_missing", query);
    if (pointer) assert.ok(body.errors.some((e: Json) => e.pointer === pointer), query);
  }
  const header = { "Perigee-Origin": "north" };
  assert.equal((await mesh.call("/v1/passes", { headers: header })).status, 400);
});

test("GET /v1/passes needs a key that may read", async (mesh) => {
  assert.equal((await mesh.call(`/v1/passes?${IN_PARIS}`, { key: null })).status, 401);
  const key = await mesh.tenant("only-infers", { scopes: ["infer"] });
  assert.equal((await mesh.call(`/v1/passes?${IN_PARIS}`, { key })).status, 403);
});

test("GET /v1/passes lets others through while it computes its longest answer", async (mesh) => {
  const at = new Date(NOON + DAY_MS).toISOString();
  const query = `${IN_PARIS}&at=${at}&minutes=60&mask_deg=5&all=true`;
  let isDone = false;
  const long = passesOf(mesh, query).finally(() => isDone = true);
  let answered = 0;
  while (!isDone) {
    const { status } = await mesh.call("/v2/health/live");
    assert.equal(status, 200);
    answered++;
  }
  const { passes } = await long;
  assert.ok(passes.length > 5_000, `${passes.length}`);
  // If it ran in one go, one other request would be answered at most.
  assert.ok(answered > 5, `${answered}`);
});

test("GET /openapi.json describes the query of GET /v1/passes by its types", async (mesh) => {
  const { body } = await mesh.call("/openapi.json");
  const { parameters } = body.paths["/v1/passes"].get;
  const types = Object.fromEntries(
    parameters.filter((one: Json) => one.in === "query")
      .map(({ name, schema, required }: Json) => [name, [schema.type, !!required]]),
  );
  assert.deepEqual(types, {
    lat: ["number", false],
    lon: ["number", false],
    alt_m: ["number", false],
    at: ["string", false],
    minutes: ["number", false],
    mask_deg: ["number", false],
    all: ["string", false],
  });
});
