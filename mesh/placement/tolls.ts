/**
 * What a radio profile adds to the ways of one ask: which nodes take it up, how much longer its bytes take
 * onto the link of each, and what each link between nodes costs. As lengths, so that a search compares
 * ways by one figure and its bounds stay bounds: a toll is never negative.
 *
 * The toll of a node that takes asks up is half of what the transfer of all bytes, up and down, takes
 * longer than at the full rate under a clear sky, times the speed of light.
 * Not its job: what is the same for every node (mesh/radio/access.ts).
 * @module
 */
import { Terminal } from "../radio/terminal.ts";
import type { Almanac } from "../orbit/almanac.ts";
import { type Ask, isNodeOrigin } from "./ask.ts";
import type { Tolls } from "./finder.ts";
import { LIGHT_KM_S } from "./links.ts";
import { type Physics, transfersOf } from "./timing.ts";

/**
 * The tolls of an ask.
 * @returns undefined where the profile tells no way from another but by its length, as `light`
 */
export function tollsOf(
  ask: Ask,
  { almanac, physics }: { almanac: Almanac; physics: Physics },
): Tolls | undefined {
  const { radio } = physics;
  if (!radio || (radio.hop === 0 && !Terminal.tellsApart(radio))) return undefined;
  const hop_km = radio.hop * LIGHT_KM_S;
  if (isNodeOrigin(ask.origin)) return radio.hop === 0 ? undefined : { hop_km, of: () => 0 };
  if (!Terminal.tellsApart(radio)) return { hop_km, of: () => 0 };
  const positions = almanac.at(ask.at);
  const { far } = transfersOf(ask, physics);
  const { origin: place, elevation_mask: mask } = ask;
  const terminal = new Terminal({ profile: radio, place, mask, positions });
  return {
    hop_km,
    of(index, _range_km, xyz, offset) {
      const shares = terminal.shares(xyz, offset);
      if (shares === null || !terminal.sees(index, xyz, offset)) return Infinity;
      const longer = far.up * (1 / shares.up - 1) + far.down * (1 / shares.down - 1);
      return longer * LIGHT_KM_S / 2;
    },
  };
}
