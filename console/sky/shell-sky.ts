/**
 * The sky of generated shells: the tables that place asks, made in the page.
 * @module
 */
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import { TableFlight } from "../../mesh/passes/flight.ts";
import { eachAbove, fieldsOf } from "../../mesh/placement/shells/each-above.ts";
import { constant } from "../store.ts";
import { groupsOf } from "./groups.ts";
import type { Sky } from "./sky.ts";
import type { ViewClock } from "./view-clock.ts";

/** Makes it: nothing is fetched. */
export function shellSky(constellation: Constellation, clock: ViewClock): Sky {
  const almanac = new ShellAlmanac(constellation);
  const fields = fieldsOf(almanac);
  const flight = new TableFlight(almanac);
  return {
    constellation,
    almanac,
    groups: groupsOf(constellation),
    clock,
    trouble: constant(undefined),
    each: (view, visit, within_km = Infinity) =>
      eachAbove(almanac, fields, { view, visit, within_km }),
    orbit: (node) => Promise.resolve({ flight, index: node, name: "" }),
    follow: () => () => {},
  };
}
