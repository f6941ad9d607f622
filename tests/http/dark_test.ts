/**
 * A node driven dark refuses, others serve, and it serves again after sunrise: end to end, on a mesh
 * clock that runs up to a hundred times as fast as the real one.
 * @module
 */
import assert from "node:assert/strict";
import { jday, json2satrec, sgp4, shadowFraction, sunPos } from "satellite.js";
import { toOmm } from "../../mesh/orbit/elements.ts";
import { FILED } from "../unit/mesh/placement/oracle.ts";
import { type Json, type Mesh, meshTest, within } from "../support/mesh.ts";
import { patience } from "../support/within.ts";

const START_MS = Date.UTC(2026, 2, 20, 12);
const MINUTE_MS = 60_000;
// A battery that half a minute of thinking empties, and an NPU that takes a second and half a kilojoule
// for a small scene. The path from NPU to body is a short circuit: this is about energy.
const PROFILE = {
  npu_tops: 1e-6,
  npu_active_w: 500,
  battery_wh: 10,
  housekeeping_w: 2,
  npu_k_per_w: 0,
};
// A round Earth's edge of shadow and ours differ by more where a node grazes it; these do not.
const EDGE_MS = 2 * MINUTE_MS;

const test = meshTest(() => ({
  // The dark that is left must be long enough for some eighty asks, however slow they are here.
  PERIGEE_CLOCK: `${new Date(START_MS).toISOString()}@${Math.round(100 / patience())}`,
  PERIGEE_PROFILE: JSON.stringify(PROFILE),
}));

const SIZE = 64;
const DATA = Array.from({ length: 6 * SIZE * SIZE }, () => 0.25);

const ask = (mesh: Mesh, node: string, only: boolean) =>
  mesh.call("/v2/models/scene-indices/infer", {
    body: {
      parameters: {
        origin_node: node,
        class: "interactive",
        ...(only && { policy: JSON.stringify({ allow: [{ node }] }) }),
      },
      inputs: [{ name: "reflectance", datatype: "FP32", shape: [1, 6, SIZE, SIZE], data: DATA }],
    },
  });

/** Where it is sunlit, by satellite.js alone. */
function lightOf(index: number): (at: number) => boolean {
  const elements = FILED.elements(index);
  const satrec = json2satrec({ ...toOmm({ id: "", number: 0, elements }) });
  return (at) => {
    const { position } = sgp4(satrec, (at - elements.epoch) / MINUTE_MS)!;
    return shadowFraction(sunPos(jday(new Date(at))).rsun, position) < 0.5;
  };
}

/** A node that is deep in shadow for the next minutes, and in full sunlight after its sunrise. */
function shadedNode(now: number): { id: string; sunrise: number } {
  for (let index = 0; index < FILED.count; index += 13) {
    const lit = lightOf(index);
    const minutes = Array.from({ length: 60 }, (_, m) => lit(now + m * MINUTE_MS));
    const sunrise = minutes.indexOf(true);
    if (sunrise < 20 || sunrise > 26) continue;
    if (minutes.slice(sunrise).every(Boolean)) {
      return { id: FILED.id(index), sunrise: now + sunrise * MINUTE_MS };
    }
  }
  throw new Error("No node is as this test needs it");
}

const meshClock = async (mesh: Mesh): Promise<number> =>
  Date.parse((await mesh.call("/v1/nodes/G1A-000-000")).body.at);

test("A node driven dark in shadow refuses, others serve, and it serves again after sunrise", async (mesh) => {
  const { id, sunrise } = shadedNode(await meshClock(mesh));
  let served = 0;
  let refused: Json;
  await within(60_000, "a refusal of a dark node", async () => {
    const reply = await ask(mesh, id, true);
    if (reply.status !== 200) {
      refused = reply;
      // While its queue is full, that is another refusal.
      return /dark/.test(reply.headers.get("Perigee-Refusal") ?? "") || null;
    }
    assert.equal(reply.body.parameters.node, id);
    served++;
    return null;
  }, 1);
  assert.ok(served > 5, `it served ${served} asks before it went dark: ${refused?.text}`);
  assert.equal(refused.status, 503, refused.text);
  assert.match(refused.headers.get("Perigee-Refusal"), /dark/);
  assert.ok(Number(refused.headers.get("Retry-After")) >= 1);
  const refused_at = Date.parse(refused.headers.get("Perigee-Refused-At"));
  assert.ok(refused_at > START_MS && refused_at <= await meshClock(mesh), `${refused_at}`);
  assert.ok(refused_at < sunrise, "it was to go dark before sunrise");

  const other = await ask(mesh, id, false);
  assert.equal(other.status, 200, other.text);
  assert.notEqual(other.body.parameters.node, id);
  assert.equal(other.body.parameters.path.split(",")[0], id, "from there it went on over links");

  let again = 0;
  await within(60_000, "an answer of the node after sunrise", async () => {
    const reply = await ask(mesh, id, true);
    if (reply.status !== 200) return null;
    again = await meshClock(mesh);
    return reply;
  });
  assert.ok(again > sunrise - EDGE_MS, `it served at ${again}, before its sunrise at ${sunrise}`);
});
