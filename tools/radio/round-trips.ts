/**
 * Draws round trips over a network like Starlink: from where people are, at any instant of a day, up to
 * the nearest satellite in view of their terminal, down to a gateway, by fibre to a point of presence, and back.
 * @module
 */
import { parseShellFile } from "../../contract/shell-file.ts";
import { siteOf } from "../../mesh/geo/site.ts";
import { GATEWAYS } from "../../mesh/ground/gateways.ts";
import { GroundNetwork } from "../../mesh/ground/ground-network.ts";
import { RelayTable } from "../../mesh/ground/relay-table.ts";
import { WaysDown } from "../../mesh/ground/way-down.ts";
import type { Geodetic } from "../../mesh/orbit/frames.ts";
import { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import { LIGHT_KM_S } from "../../mesh/placement/links.ts";
import { ShellFinder } from "../../mesh/placement/shells/shell-finder.ts";
import type { Tolls } from "../../mesh/placement/finder.ts";
import { STARLINK } from "../../mesh/radio/starlink.ts";
import { Terminal } from "../../mesh/radio/terminal.ts";
import { degrees, type EpochMs, epochMs, MS_PER_DAY, toRadians } from "../../mesh/units.ts";
import { mulberry32 } from "../../mesh/mulberry32.ts";
import type { Places } from "./places.ts";
import { POINTS_OF_PRESENCE } from "./points-of-presence.ts";

const SHELLS = new URL("../../docs/examples/constellations/starlink-2025.json", import.meta.url);
const FROM = Date.UTC(2026, 2, 20);
const MASK = degrees(25);

/** Where and when a round trip sets out, and what light takes of it. */
export interface Trip {
  place: Geodetic;
  at: EpochMs;
  /** There and back: to the gateway in vacuum, and on in fibre; s. */
  light: number;
  fibre: number;
}

/** Makes round trips of one network. */
export class RoundTrips {
  readonly #network = new GroundNetwork(GATEWAYS, POINTS_OF_PRESENCE);
  readonly #almanac: ShellAlmanac;
  readonly #finder: ShellFinder;
  readonly #ways: WaysDown<typeof POINTS_OF_PRESENCE[number]>;

  constructor() {
    const { constellation } = parseShellFile(Deno.readTextFileSync(SHELLS));
    this.#almanac = new ShellAlmanac(constellation);
    this.#finder = new ShellFinder(this.#almanac);
    this.#ways = new WaysDown(this.#network, new RelayTable(constellation, this.#network));
  }

  /**
   * Draws trips, in order of time.
   * @param random uniform in [0, 1)
   */
  *draw(places: Places, count: number, seed: number): Generator<Trip> {
    const random = mulberry32(seed);
    for (let i = 0; i < count; i++) {
      const place = places.draw(random);
      const at = epochMs(Math.floor(FROM + (i + random()) * MS_PER_DAY / count));
      const positions = this.#almanac.at(at);
      const terminal = new Terminal({ profile: STARLINK, place, mask: MASK, positions });
      const tolls: Tolls = {
        hop_km: 0,
        of: (index, _range_km, xyz, offset) => terminal.sees(index, xyz, offset) ? 0 : Infinity,
      };
      const from = { at, site: siteOf(place), sin_mask: Math.sin(toRadians(MASK)), tolls };
      const way = this.#ways.find(from, { almanac: this.#almanac, finder: this.#finder });
      if (!way) continue;
      const light = 2 * (way.up + way.lasers + way.down) / LIGHT_KM_S;
      yield { place, at, light, fibre: 2 * this.#network.landings[way.gateway].fibre_time };
    }
  }
}
