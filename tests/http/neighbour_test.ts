/**
 * What `POST /v1/route` says to a tenant of nodes that another tenant keeps busy: on hardware so slow, and
 * by a clock so slow, that a node is busy throughout the test.
 * @module
 */
import assert from "node:assert/strict";
import { MODELS } from "../../models/catalogue.ts";
import { type Json, meshTest } from "../support/mesh.ts";

const RUN_S = 11;
const ROW = [30, 25, 40, 0.5, 3, 8];
const NPU_TOPS = MODELS.get("drive-rss")!.operations([[1, ROW.length]]) / 1e12 / RUN_S;

const test = meshTest({
  // A real minute is 0.6 s: all of it lies in one window of the almanac.
  PERIGEE_CLOCK: "2026-03-20T12:00:00Z@0.01",
  PERIGEE_PROFILE: JSON.stringify({ npu_tops: NPU_TOPS }),
});

test("POST /v1/route answers a tenant as if no other had run anything, for any instant and deadline", async (mesh) => {
  const [user, stranger] = [await mesh.tenant("user"), await mesh.tenant("stranger")];
  const origin = { lat: 48.86, lon: 2.35 };
  const route = async (key: string, change: object = {}): Promise<Json> => {
    const body = { model: "drive-rss", origin, at: "2026-03-20T12:00:05Z", ...change };
    const reply = await mesh.call("/v1/route", { key, body });
    assert.equal(reply.status, 200, reply.text);
    const { measured: _, ...answer } = reply.body;
    return answer;
  };
  const instants = ["2026-03-20T12:00:04Z", "2026-03-20T12:00:10.500Z", "2026-03-20T12:00:20Z"];
  const changes = [
    ...instants.map((at) => ({ at })),
    { deadline_ms: 500 },
    { class: "realtime" },
    { class: "batch" },
  ];
  const before = await Promise.all(changes.map((change) => route(stranger, change)));
  const ran = await mesh.call("/v2/models/drive-rss/infer", {
    key: user,
    body: {
      parameters: { origin_lat: origin.lat, origin_lon: origin.lon, origin_alt_m: 0 },
      inputs: [{ name: "state", datatype: "FP32", shape: [1, ROW.length], data: ROW }],
    },
  });
  assert.equal(ran.status, 200, ran.text);
  const used = ran.body.parameters.node;
  const only = { class: "batch", policy: { allow: [{ node: used }] } };
  const [mine, theirs] = [await route(user, only), await route(stranger, only)];
  const candidate = ({ candidates }: Json) => candidates.find((one: Json) => one.node === used);
  assert.ok(candidate(mine).modelled.wait_ms > 1_000, JSON.stringify(candidate(mine)));
  assert.equal(candidate(theirs).modelled.wait_ms, 0, JSON.stringify(candidate(theirs)));
  for (const [i, change] of changes.entries()) {
    assert.deepEqual(await route(stranger, change), before[i], JSON.stringify(change));
  }
});
