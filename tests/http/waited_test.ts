/**
 * An ask that waits in a node's queue is said to have run where it ran, end to end, on hardware so slow
 * that the node flies on meanwhile.
 * @module
 */
import assert from "node:assert/strict";
import { type EcfVec3, geodeticToEcf } from "satellite.js";
import { MODELS } from "../../models/catalogue.ts";
import { ecfOf, FILED, observerOf, satrecOf } from "../unit/mesh/placement/oracle.ts";
import { type Json, meshTest, within } from "../support/mesh.ts";
import { patience } from "../support/within.ts";

const RUN_S = 11;
const ROW = [30, 25, 40, 0.5, 3, 8];
// One row of drive-rss keeps the NPU busy for 11 s, in which a node flies some 80 km; after 12
// it would refuse a batch.
const NPU_TOPS = MODELS.get("drive-rss")!.operations([[1, ROW.length]]) / 1e12 / RUN_S;
// What of the run is left at least when the second ask comes.
const WAIT_MIN_MS = 3_000;
const FLOWN_MIN_KM = 20;
// A receipt tells whole milliseconds, and a node flies at most 8 m in one.
const RECEIPT_KM = 8e-3;

const test = meshTest(() => ({
  // However long this machine takes to ask again, the first run is not over by then.
  PERIGEE_CLOCK: `2026-03-20T12:00:00Z@${(1.5 / patience()).toFixed(2)}`,
  PERIGEE_PROFILE: JSON.stringify({ npu_tops: NPU_TOPS }),
}), { warm: true });

/** Between the point that a row of the ledger names and a place in space. */
function apartKm(row: Json, node: EcfVec3<number>): number {
  const place = { lat: row.sub_lat, lon: row.sub_lon, alt: row.sub_alt_km };
  const { x, y, z } = geodeticToEcf(observerOf(place));
  return Math.hypot(x - node.x, y - node.y, z - node.z);
}

test("An ask that waited ran where its node was at the receipt's instant, by satellite.js, and not where it was chosen", async (mesh) => {
  const infer = async (parameters: object): Promise<Json> => {
    const { status, text, body } = await mesh.call("/v2/models/drive-rss/infer", {
      body: {
        parameters,
        inputs: [{ name: "state", datatype: "FP32", shape: [1, ROW.length], data: ROW }],
      },
    });
    assert.equal(status, 200, text);
    return body.parameters;
  };
  const { node } = await infer({ origin_lat: 48.86, origin_lon: 2.35 });
  const policy = JSON.stringify({ allow: [{ node }] });
  const answer = await infer({ origin_node: node, class: "batch", policy });
  assert.equal(answer.node, node);
  assert.ok(answer.modelled_wait_ms > WAIT_MIN_MS, `${answer.modelled_wait_ms} ms`);

  const row = await within(10_000, "its rows in the ledger", async () => {
    const [row] = await mesh.rows(
      "SELECT * FROM placements JOIN receipts USING (id) WHERE id = ?",
      [answer.execution_id],
    );
    return row ?? null;
  });
  const satrec = satrecOf(FILED, FILED.indexOf(node));
  const off = apartKm(row, ecfOf(satrec, row.executed_at_ms));
  assert.ok(off <= RECEIPT_KM, `${off} km from where it was at ${row.executed_at_ms}`);
  const flown = apartKm(row, ecfOf(satrec, row.placed_at_ms));
  assert.ok(flown > FLOWN_MIN_KM, `${flown} km from where it was chosen`);
  assert.deepEqual(
    [answer.sub_lat, answer.sub_lon, answer.sub_alt_km],
    [row.sub_lat, row.sub_lon, row.sub_alt_km],
  );
});
