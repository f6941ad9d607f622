/**
 * Files that other tools read: `GET /v1/ephemerides` and `GET /v1/placement-arcs`.
 */
import { parse } from "csv-parse/sync";
import assert from "node:assert/strict";
import { FILED } from "../../../mesh/orbit/filed.ts";
import { loadCzml } from "../../support/cesium.ts";
import { assertError } from "../../support/refusals.ts";
import { type Json, type Mesh, sharedMeshTest, within } from "../../support/mesh.ts";
import { readOem } from "../../support/plain-oem.ts";
import { satelliteJs } from "../../unit/mesh/export/cases.ts";

const test = sharedMeshTest();

/** The mesh is shared: others run inferences in it. */
async function refuses(mesh: Mesh, all: Parameters<typeof assertError>[1][]): Promise<void> {
  for (const one of all) assertError(await mesh.call(one.path), one);
}

const NODES = ["G1A-000-000", "G2I-017-017", "VA-2546-000"];
const MINUTE_MS = 60_000;

/** Ten minutes that the mesh clock is in. */
async function spanNow(mesh: Mesh): Promise<{ from: number; until: number; query: string }> {
  const { body } = await mesh.call(`/v1/nodes/${NODES[0]}`);
  const from = Date.parse(body.at);
  const until = from + 10 * MINUTE_MS + 500;
  const iso = (at: number) => new Date(at).toISOString();
  return {
    from,
    until,
    query: `nodes=${NODES.join(",")}&from=${iso(from)}&until=${iso(until)}&step_s=60`,
  };
}

test("GET /v1/ephemerides gives one flight as CZML, OEM and CSV, each as its readers have it", async (mesh) => {
  const { from, until, query } = await spanNow(mesh);
  const send = async (rest: string) => {
    const own = new URLSearchParams(`${query}&${rest}`);
    const reply = await mesh.call(
      `/v1/ephemerides?${new URLSearchParams(Object.fromEntries(own))}`,
    );
    assert.equal(reply.status, 200, reply.text);
    return reply;
  };
  const czml = await loadCzml((await send("format=czml")).body);
  const rows: Json[] = parse((await send("format=csv&frame=teme")).text, { columns: true });
  const instants = [...Array.from({ length: 11 }, (_, k) => from + k * MINUTE_MS), until];
  for (const id of NODES) {
    const { text } = await send(`format=oem&frame=teme&nodes=${id}`);
    const [{ states }] = readOem(text).segments;
    assert.deepEqual(states.map(({ at }) => at), instants);
    const own = rows.filter(({ node }) => node === id);
    assert.deepEqual(own.map(({ at }) => Date.parse(at)), instants);
    states.forEach(({ at, values: [x, y, z] }, k) => {
      const { teme, fixed } = satelliteJs(FILED, FILED.indexOf(id), at);
      assert.ok(Math.hypot(x - teme[0], y - teme[1], z - teme[2]) <= 1e-6, `${id} ${k}`);
      assert.deepEqual([own[k].x_km, own[k].y_km, own[k].z_km].map(Number), [x, y, z]);
      const seen = czml.positionOf(id, at)!;
      assert.ok(
        Math.hypot(...["x", "y", "z"].map((axis, i) => seen[axis as "x"] - fixed[i] * 1e3)) <= 1e-3,
        `${id} ${k}`,
      );
    });
  }
});

test("GET /v1/ephemerides is of CZML, now and two hours unless told", async (mesh) => {
  const { from } = await spanNow(mesh);
  const { status, body, text } = await mesh.call(`/v1/ephemerides?nodes=${NODES[0]}`);
  assert.equal(status, 200, text);
  const { clock, entities } = await loadCzml(body);
  assert.ok(clock!.from >= from && clock!.until - clock!.from === 2 * 60 * MINUTE_MS);
  assert.deepEqual(entities.map(({ id }) => id), [NODES[0]]);
});

test("GET /v1/ephemerides says what is wrong with a question, and which node there is not", async (mesh) => {
  const { from, until, query } = await spanNow(mesh);
  const iso = (at: number) => encodeURIComponent(new Date(at).toISOString());
  const bad = (rest: string, says: RegExp, status = 400) => ({
    what: rest.slice(0, 80),
    path: `/v1/ephemerides?${rest}`,
    status,
    says,
  });
  const many = Array.from({ length: 101 }, (_, n) => FILED.id(n)).join(",");
  await refuses(mesh, [
    bad("", /#\/nodes/),
    bad("nodes=", /#\/nodes/),
    bad("nodes=G1A-000-000,G1A-000-000", /#\/nodes: has "G1A-000-000" twice/),
    bad(`nodes=${many}`, /#\/nodes: must be at most 100 ids/),
    bad(`nodes=${"n".repeat(5_000)}`, /#\/nodes/),
    bad("nodes=G1A-000-000,NOWHERE", /no node "NOWHERE"/, 404),
    bad("nodes=G1A-000-000,", /no node ""/, 404),
    bad("nodes=*", /no node/, 404),
    bad(`${query}&format=oem`, /#\/nodes: must be one id with oem/),
    bad(`${query}&format=kml`, /#\/format/),
    bad(`${query}&format=oem&frame=icrf`, /#\/frame/),
    bad(`${query}&format=czml&frame=teme`, /#\/frame: is of oem and csv/),
    ...["0", "0.5", "3601", "-60", "x", "", "1e2", "NaN"].map((step) =>
      bad(`nodes=${NODES[0]}&step_s=${step}`, /#\/step_s/)
    ),
    bad(`nodes=${NODES[0]}&from=yesterday`, /#\/from/),
    bad(`nodes=${NODES[0]}&from=${iso(from - 8 * 86_400_000)}`, /#\/from: must be within 7 days/),
    bad(`nodes=${NODES[0]}&until=${iso(from + 8 * 86_400_000)}`, /#\/until: must be within 7 days/),
    bad(`nodes=${NODES[0]}&from=${iso(until)}&until=${iso(from)}`, /#\/until: must not be earlier/),
    bad(
      `nodes=${NODES[0]}&from=${iso(from)}&until=${iso(from + 86_400_000)}&step_s=1`,
      /#\/step_s: must be at least 18 for so long a span of 1 nodes/,
    ),
    bad(
      `nodes=${many.split(",").slice(0, 100).join(",")}&from=${iso(from)}` +
        `&until=${iso(from + 86_400_000)}&step_s=60`,
      /#\/step_s: must be at least 435 /,
    ),
  ]);
  // What it says is enough is.
  const { status, text } = await mesh.call(
    `/v1/ephemerides?nodes=${NODES[0]}&from=${iso(from)}&until=${
      iso(from + 86_400_000)
    }&step_s=18&format=csv`,
  );
  assert.equal(status, 200, text.slice(0, 300));
});

test("GET /v1/placement-arcs draws a tenant's placements page by page, and nobody else's", async (mesh) => {
  const [key, other] = [await mesh.tenant("arcs"), await mesh.tenant("arcs-other")];
  const ids: string[] = [];
  for (const lon of [2.35, 12.5]) {
    const { status, body, text } = await mesh.call("/v2/models/drive-rss/infer", {
      key,
      body: {
        parameters: { origin_lat: 48.86, origin_lon: lon },
        inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
      },
    });
    assert.equal(status, 200, text);
    ids.push(body.parameters.execution_id);
  }
  await within(10_000, "the placements", async () => {
    const { body } = await mesh.call("/v1/placements", { key });
    return body.data.length === ids.length || null;
  });
  const drawn: string[] = [];
  let path: string | undefined = "/v1/placement-arcs?limit=1&shown_s=20";
  for (; path;) {
    const { status, body, text, headers } = await mesh.call(path, { key });
    assert.equal(status, 200, text);
    const document = await loadCzml(body);
    assert.match(document.name, /1 of 1 drawn/);
    const [arc] = document.entities.filter(({ id }) => ids.includes(id));
    drawn.push(arc.id);
    const line = document.lineOf(arc.id, document.clock!.from + 10_000)!;
    const { body: placed } = await mesh.call(`/v1/placements/${arc.id}`, { key });
    assert.equal(line.length, 1 + placed.path.length);
    // The thinking node's own place, 10 s on: as satellite.js has it.
    const at = Date.parse(placed.placed_at) + 10_000;
    const { fixed } = satelliteJs(FILED, FILED.indexOf(placed.node), at);
    const end = line[line.length - 1];
    assert.ok(
      Math.hypot(end.x - fixed[0] * 1e3, end.y - fixed[1] * 1e3, end.z - fixed[2] * 1e3) < 20,
    );
    path = /<([^>]+)>; rel="next"/.exec(headers.get("Link") ?? "")?.[1];
  }
  assert.deepEqual(drawn.toSorted(), ids.toSorted());
  const theirs = await mesh.call("/v1/placement-arcs", { key: other });
  assert.equal(theirs.status, 200, theirs.text);
  assert.deepEqual((await loadCzml(theirs.body)).entities, []);
  await refuses(mesh, [
    { what: "shown_s", path: "/v1/placement-arcs?shown_s=0", status: 400, says: /#\/shown_s/ },
    { what: "limit", path: "/v1/placement-arcs?limit=1001", status: 400, says: /#\/limit/ },
    { what: "cursor", path: "/v1/placement-arcs?cursor=x", status: 400, says: /#\/cursor/ },
    { what: "tenant", path: "/v1/placement-arcs?tenant=nobody", status: 404, says: /no tenant/ },
  ]);
});
