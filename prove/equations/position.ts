/**
 * What lay below a node as it ran, and whether the Sun shone on it: SGP4 at the instant of the run.
 * @module
 */
import { countryBelow } from "../../contract/countries.ts";
import { type EpochMs, epochMs } from "../../mesh/units.ts";
import { close, equal, type Equation, type Verdict } from "../equation.ts";
import { type Execution, type FieldPath, ofEach } from "../execution.ts";
import { instantWithin } from "../instant.ts";
import type { Known } from "../known.ts";
import type { FlownNode } from "../sky.ts";

const KM_PER_DEGREE = 111;
const READS: readonly FieldPath[] = ["receipt/node", "receipt/executed_at"];

/** When an execution began, to the mesh's own last bit; null where its node or its orbit is not there. */
export type BeganAt = (execution: Execution) => EpochMs | null;

/** Makes the equations. */
export function positionEquations({ sky }: Known): { equations: Equation[]; beganAt: BeganAt } {
  const runOf = ofEach((execution) => run(execution, sky.node(execution.receipt.node)));
  const coordinate = (i: number, name: "lat" | "lon" | "alt_km"): Equation => {
    const proves: FieldPath = `placement/sub_point/${name}`;
    return {
      proves,
      reads: () => [...READS, proves],
      check(execution): Verdict {
        const ran = runOf(execution);
        if (ran === "no_node") return noNode(execution, sky.name);
        if (ran === "no_orbit") return { is: "open" };
        return close(execution.placement.sub_point[name], ran.values[i], ran.tolerances[i]);
      },
    };
  };
  const sunlit: Equation = {
    proves: "placement/sunlit",
    reads: () => [...READS, "placement/sunlit"],
    check(execution) {
      const ran = runOf(execution);
      if (typeof ran === "string") return { is: "open" };
      return equal(execution.placement.sunlit, ran.sunlit);
    },
  };
  const country: Equation = {
    proves: "placement/country",
    reads: () => [
      ...READS,
      "placement/country",
      "placement/sub_point/lat",
      "placement/sub_point/lon",
    ],
    check({ placement: { country, sub_point: { lat, lon } } }) {
      return equal(country, countryBelow(lat, lon));
    },
  };
  return {
    equations: [
      coordinate(0, "lat"),
      coordinate(1, "lon"),
      coordinate(2, "alt_km"),
      sunlit,
      country,
    ],
    beganAt(execution) {
      const ran = runOf(execution);
      return typeof ran === "string" ? null : ran.at;
    },
  };
}

function run(
  { receipt: { executed_at }, placement: { sub_point } }: Execution,
  node: FlownNode | null,
) {
  if (!node) return "no_node";
  const found = [sub_point.lat, sub_point.lon, sub_point.alt_km];
  const degrees = node.tolerance_km / KM_PER_DEGREE;
  const lonTolerance = degrees / Math.max(1e-6, Math.cos(sub_point.lat * Math.PI / 180));
  const tolerances = [degrees, lonTolerance, node.tolerance_km];
  const valuesAt = (at: EpochMs) => {
    const ephemeris = node.ephemeris(at);
    if (!ephemeris) return null;
    const { lat, lon, alt } = ephemeris.sub_point;
    return [lat, lon, alt];
  };
  const floor_ms = Date.parse(executed_at);
  if (Number.isNaN(floor_ms)) return "no_node";
  const same = (a: number, b: number, i: number) => Math.abs(a - b) <= tolerances[i];
  const at = instantWithin(floor_ms, { found, valuesAt, same });
  const values = valuesAt(at);
  if (!values) return "no_orbit";
  return { at: epochMs(at), values, tolerances, sunlit: node.ephemeris(at)!.sunlit };
}

const noNode = ({ receipt: { node } }: Execution, sky: string): Verdict => ({
  is: "wrong",
  expected: null,
  says: `${sky} has no node "${node}"`,
});
