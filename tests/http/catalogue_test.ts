/**
 * A mesh that flies catalogue files: our own nodes written as OMM, and real ones beside the project.
 */
import assert from "node:assert/strict";
import { ecfToLookAngles, eciToEcf, gstime, sgp4, twoline2satrec } from "satellite.js";
import { FILED } from "../../mesh/orbit/filed.ts";
import { toOmm } from "../../mesh/orbit/elements.ts";
import { temeToEcef } from "../../mesh/orbit/frames.ts";
import { knotInstant, knotNumber, POSITION_UNITS_PER_KM, readKnot } from "../../mesh/orbit/knot.ts";
import { propagatorOf, siderealTime } from "../../mesh/orbit/propagation.ts";
import { epochMs } from "../../mesh/units.ts";
import { type Mesh, startMesh, within } from "../support/mesh.ts";
import { exported, proved } from "../support/proved.ts";

const TLE = new URL("../../../shared/data/starlink-2024-12.tle", import.meta.url);
const OMM = new URL("../../../shared/data/starlink-2025-05.omm.json", import.meta.url);
const MASK_RAD = 25 * Math.PI / 180;
const TIE_KM = 1e-3;
// Upkeep looks for a newer catalogue every 15 s, and the emulator at the file every 5 s.
const REFRESH_MS_MAX = 60_000;

const exists = (file: URL): boolean => {
  try {
    return Deno.statSync(file).isFile;
  } catch {
    return false;
  }
};

/** Our own nodes of these indices, as a catalogue file. */
function writeOmm(file: string, from: number, count: number): void {
  const records = Array.from({ length: count }, (_, i) => {
    const elements = FILED.elements(from + i);
    return toOmm({ id: FILED.id(from + i), number: from + i + 1, elements });
  });
  Deno.writeTextFileSync(file, JSON.stringify(records));
}

Deno.test("a catalogue file is flown, and its successor taken up without a failed request", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/nodes.json`;
  writeOmm(file, 0, 1_584);
  await using mesh = await startMesh({ PERIGEE_CONSTELLATION: file });
  const ask = {
    model: "drive-rss",
    origin: { lat: 48.8566, lon: 2.3522 },
  };
  const first = await mesh.call("/v1/route", { body: ask });
  assert.equal(first.status, 200, first.text);
  const known = await mesh.call("/v1/constellation");
  assert.equal(known.body.length, 1_584);
  const name = await knotsAsFlown(mesh);
  await provedAsFlown(mesh, folder);

  writeOmm(file, 4_408, 2_547);
  await within(REFRESH_MS_MAX, "a node of the new catalogue", async () => {
    const { status, text, body } = await mesh.call("/v1/route", { body: ask });
    assert.equal(status, 200, text);
    const [candidate] = body.candidates;
    return (candidate && Number(candidate.node.split("-")[1]) > 1_584) || null;
  });
  assert.equal((await mesh.call("/v1/constellation")).body.length, 2_547);
  assert.equal((await mesh.call("/v1/nodes/norad-1")).status, 404);
  const old = await mesh.call(`/v1/sky/catalogues/${name}`);
  assert.equal(old.status, 404);
  assert.match(old.body.detail, new RegExp(`and not "${name}"`));
});

/** What runs on a catalogue's nodes is reckoned anew from exported OMM. */
async function provedAsFlown(mesh: Mesh, folder: string): Promise<void> {
  const key = await mesh.tenant("proved");
  const inputs = [{ name: "state", datatype: "FP32", shape: [1, 6], data: [9, 8, 7, 1, 2, 5] }];
  for (let lat = -50; lat <= 50; lat += 10) {
    const parameters = { origin_lat: lat, origin_lon: 3 * lat };
    const reply = await mesh.call("/v2/models/drive-rss/infer", {
      body: { parameters, inputs },
      key,
    });
    assert.ok([200, 503].includes(reply.status), reply.text);
  }
  const [origin_node, elsewhere] = ["norad-7", "norad-900"];
  for (const id of [origin_node, elsewhere]) {
    const body = { parameters: { origin_node: id }, inputs };
    const reply = await mesh.call("/v2/models/drive-rss/infer", { body, key });
    assert.equal(reply.status, 200, reply.text);
  }
  await exported(mesh, { folder: `${folder}/export`, key, receipts: 2 });
  const { code, text } = await proved(`${folder}/export`);
  assert.equal(code, 0, text);
  assert.match(text, /^placement\.sub_point\.lat +[1-9]\d* +0 +0 +0 +0$/m, "to the last bit");
}

/** Whoever has no key gets nodes, knots and elements of the catalogue in use. @returns its name */
async function knotsAsFlown(mesh: Mesh): Promise<string> {
  const open = (path: string) => mesh.call(path, { key: null });
  const { body: sky } = await open("/v1/sky");
  assert.equal(sky.shells, null);
  const path = `/v1/sky/catalogues/${sky.constellation}`;
  const { status, text, body, headers } = await open(path);
  assert.equal(status, 200, text);
  assert.match(headers.get("cache-control")!, /max-age/);
  assert.deepEqual([body.nodes, body.numbers.length, body.groups.length], [1_584, 1_584, 1_584]);
  assert.equal(body.numbers[1_583], 1_584);
  assert.deepEqual(body.labels, ["53deg-550km"]);

  const omm = await open(`${path}/nodes/norad-7`);
  assert.equal(omm.body.OBJECT_NAME, FILED.id(6));
  assert.equal((await open(`${path}/nodes/norad-7000`)).body.error.code, "node_not_found");

  const number = knotNumber(epochMs(Date.parse(sky.at)));
  const knotPath = `${mesh.url}${path}/knots`;
  const answer = await fetch(`${knotPath}/${number + 1}`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("cache-control")!, /immutable/);
  const knot = readKnot(
    await answer.arrayBuffer(),
    { ...FILED, name: sky.constellation, count: 1_584 },
    number + 1,
  );
  assert.ok(knot, "the knot is whole");
  // As OMM, the angles differ in their last bits.
  const state = new Float64Array(6);
  const at = knotInstant(number + 1);
  for (const index of [0, 6, 1_583]) {
    propagatorOf(FILED.elements(index))(at, state);
    temeToEcef(state, siderealTime(at), state);
    for (let axis = 0; axis < 3; axis++) {
      const km = knot.positions[3 * index + axis] / POSITION_UNITS_PER_KM;
      assert.ok(Math.abs(km - state[axis]) < 1e-3, `${index}: ${km} and not ${state[axis]}`);
    }
  }
  const etag = answer.headers.get("etag")!;
  const again = await fetch(`${knotPath}/${number + 1}`, { headers: { "If-None-Match": etag } });
  assert.equal(again.status, 304);
  assert.equal((await again.arrayBuffer()).byteLength, 0);
  for (const [wrong, expected] of [[number - 9, 404], [number + 9, 404], ["01", 400], ["x", 400]]) {
    assert.equal((await open(`${path}/knots/${wrong}`)).status, expected, `${wrong}`);
  }
  return sky.constellation;
}

Deno.test({
  name: "6,880 real satellites are served: placement is what a scan with satellite.js chooses",
  ignore: !exists(TLE),
  async fn() {
    await using mesh = await startMesh({
      PERIGEE_CONSTELLATION: decodeURIComponent(TLE.pathname),
      PERIGEE_CLOCK: "2024-12-16T12:00:00Z",
    });
    const lines = Deno.readTextFileSync(TLE).split(/\r?\n/);
    const records = lines.flatMap((line, i) =>
      line.startsWith("1 ") && lines[i + 1]?.startsWith("2 ")
        ? [{ number: Number(line.slice(2, 7)), satrec: twoline2satrec(line, lines[i + 1]) }]
        : []
    );
    const places = [[48.9, 2.4], [-33.9, 151.2], [0, -179.99], [69, 25], [37.8, -122.4]];
    for (const [lat, lon] of places) {
      const { status, text, body } = await mesh.call("/v1/route", {
        body: { model: "drive-rss", origin: { lat, lon }, at: "2024-12-16T12:01:30Z" },
      });
      assert.equal(status, 200, text);
      const at = new Date(body.at);
      const observer = { latitude: lat * Math.PI / 180, longitude: lon * Math.PI / 180, height: 0 };
      const seen = records.flatMap(({ number, satrec }) => {
        const minutes = (at.getTime() / 86_400_000 + 2_440_587.5 - satrec.jdsatepoch) * 1_440;
        const state = sgp4(satrec, minutes);
        if (!state) return [];
        const look = ecfToLookAngles(observer, eciToEcf(state.position, gstime(at)));
        return look.elevation >= MASK_RAD ? [{ number, range: look.rangeSat }] : [];
      }).sort((a, b) => a.range - b.range);
      const label = `${lat}, ${lon}`;
      assert.ok(seen.length > 0, `nothing above ${label}`);
      const ours = seen.find(({ number }) => body.placement.node === `norad-${number}`);
      assert.ok(ours && ours.range - seen[0].range <= TIE_KM, `${label}: ${body.placement.node}`);
    }
  },
});

Deno.test({
  name: "the real OMM records are served",
  ignore: !exists(OMM),
  async fn() {
    await using mesh = await startMesh({
      PERIGEE_CONSTELLATION: decodeURIComponent(OMM.pathname),
      PERIGEE_CLOCK: "2025-05-14T00:00:00Z",
    });
    const constellation = await mesh.call("/v1/constellation");
    assert.ok(constellation.body.length > 450, `${constellation.body.length} nodes`);
    const { status, text } = await mesh.call("/v1/route", {
      body: { model: "drive-rss", origin: { lat: 48.8566, lon: 2.3522 } },
    });
    assert.equal(status, 200, text);
  },
});
