/**
 * Passes over a place for 30 minutes: every rise and set beside satellite.js look angles.
 * @module
 */
import { ecfToLookAngles, eciToEcf, gstime, json2satrec, sgp4 } from "satellite.js";
import { toOmm } from "../mesh/orbit/elements.ts";
import { flightOf } from "../mesh/passes/flight.ts";
import { findPasses } from "../mesh/passes/search.ts";
import { siteOf } from "../mesh/geo/site.ts";
import { degrees, type EpochMs, epochMs } from "../mesh/units.ts";
import { AT, FILED, randomOrigins } from "./field.ts";
import { type Report, us } from "./timing.ts";

const MASK_DEG = 25;
// A pass that barely clears the mask has no sharp edge to compare.
const GRAZE_DEG = 0.05;
const AROUND_MS = 5_000;

export function benchPasses({ small }: { small: boolean }): Report {
  const minutes = small ? 2 : 30;
  const origins = randomOrigins(21, small ? 1 : 5, 60);
  let edges = 0;
  let worst_ms = 0;
  let took_ms = 0;
  for (const origin of origins) {
    const until = epochMs(AT + minutes * 60_000);
    const site = siteOf(origin);
    const work = findPasses({
      flight: flightOf(FILED),
      site,
      mask: degrees(MASK_DEG),
      from: AT,
      until,
    });
    const from = performance.now();
    let step = work.next();
    while (!step.done) step = work.next();
    took_ms += performance.now() - from;
    for (const { index, rise, set, culmination } of step.value) {
      if (culmination.elevation < MASK_DEG + GRAZE_DEG) continue;
      const elevation = elevationBy(index, origin);
      for (const edge of [rise, set]) {
        if (edge === null) continue;
        edges++;
        worst_ms = Math.max(worst_ms, Math.abs(edge - crossing(elevation, edge)));
      }
    }
  }
  return {
    title: `Passes over ${origins.length} places for ${minutes} minutes`,
    lines: [
      {
        what: `worst of ${edges.toLocaleString("en")} rises and sets against satellite.js`,
        measured: `${(worst_ms / 1e3).toFixed(3)} s`,
        target: "0.5 s",
        holds: worst_ms <= 500,
      },
      {
        what: "all passes of one place",
        measured: us(1e3 * took_ms / origins.length),
        holds: null,
      },
    ],
  };
}

/** Elevation over the mask, degrees, of one node as satellite.js has it. */
function elevationBy(index: number, origin: { lat: number; lon: number; alt: number }) {
  const elements = FILED.elements(index);
  const satrec = json2satrec({ ...toOmm({ id: "", number: 1, elements }) });
  const observer = {
    latitude: origin.lat * Math.PI / 180,
    longitude: origin.lon * Math.PI / 180,
    height: origin.alt,
  };
  return (at: number): number => {
    const state = sgp4(satrec, (at - elements.epoch) / 60_000);
    if (!state) return -Infinity;
    const ecef = eciToEcf(state.position, gstime(new Date(at)));
    return ecfToLookAngles(observer, ecef).elevation * 180 / Math.PI - MASK_DEG;
  };
}

/** Where it crosses zero near an instant; infinitely far off if it does not. */
function crossing(elevation: (at: number) => number, near: EpochMs): number {
  let low = near - AROUND_MS;
  let high = near + AROUND_MS;
  const rising = elevation(high) > 0;
  if ((elevation(low) > 0) === rising) return Infinity;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((elevation(middle) > 0) === rising) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
