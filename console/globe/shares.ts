/**
 * The order of shells, by which they get their colours.
 * @module
 */
import type { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";

/** Of each shell, 0 for the lowest to 1 for the highest. */
export function shellShares({ shells }: ShellAlmanac): number[] {
  const order = shells.map(({ group }) => group).sort((a, b) =>
    shells[a].shell.altitude_km - shells[b].shell.altitude_km ||
    shells[a].shell.inclination_deg - shells[b].shell.inclination_deg
  );
  return shells.map((_, s) => shells.length === 1 ? 0.2 : order.indexOf(s) / (shells.length - 1));
}
