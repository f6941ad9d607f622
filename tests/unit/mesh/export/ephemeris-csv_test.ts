import { parse } from "csv-parse/sync";
import assert from "node:assert/strict";
import { degreesLat, degreesLong, eciToGeodetic } from "satellite.js";
import { ephemerisCsv } from "../../../../mesh/export/ephemeris-csv.ts";
import { instantCount, instantOf } from "../../../../mesh/export/span.ts";
import {
  catalogued,
  cataloguedFlight,
  filedFlight,
  gstimeOf,
  satelliteJs,
  written,
} from "./cases.ts";

const ROUNDING_KM = 0.51e-6;
const ROUNDING_KM_S = 0.51e-9;
// A digit that is written is 0.1 m of latitude.
const TOLERANCE_DEG = 1e-6;

Deno.test("ephemerisCsv() read by csv-parse has SGP4's states and what lies below", async () => {
  for (const flight of [filedFlight(5), cataloguedFlight(await catalogued())]) {
    const rows: Record<string, string>[] = parse(
      written(ephemerisCsv({ ...flight, frame: "teme" })),
      { columns: true, record_delimiter: "\r\n" },
    );
    const count = instantCount(flight.span);
    assert.equal(rows.length, flight.nodes.length * count);
    rows.forEach((row, r) => {
      const node = flight.nodes[Math.floor(r / count)];
      const at = Date.parse(row.at);
      assert.equal(row.node, flight.constellation.id(node));
      assert.equal(at, instantOf(flight.span, r % count));
      const { teme } = satelliteJs(flight.constellation, node, at);
      ["x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s"].forEach((column, axis) =>
        assert.ok(
          Math.abs(Number(row[column]) - teme[axis]) <= (axis < 3 ? ROUNDING_KM : ROUNDING_KM_S),
          `${row.node} ${row.at} ${column}`,
        )
      );
      const [x, y, z] = teme;
      const below = eciToGeodetic({ x, y, z }, gstimeOf(at));
      const turn = (Number(row.lon_deg) - degreesLong(below.longitude) + 540) % 360 - 180;
      assert.ok(Math.abs(Number(row.lat_deg) - degreesLat(below.latitude)) <= TOLERANCE_DEG);
      assert.ok(Math.abs(turn) <= TOLERANCE_DEG, `${row.lon_deg}`);
      assert.match(row.sunlit, /^(true|false)$/);
    });
  }
});
