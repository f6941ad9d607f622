/**
 * Ephemerides as CSV (RFC 4180): one row a node and instant, with what lies below and whether the Sun shines.
 * @module
 */
import { isSunlit } from "../orbit/eclipse.ts";
import { ecefToGeodetic } from "../orbit/frames.ts";
import { sunDirectionEcef } from "../orbit/sun.ts";
import type { EpochMs } from "../units.ts";
import { type Flight, type Flown, fly, type Frame, stateIn, STATES_PER_SLICE } from "./flown.ts";

const HEADER = "node,at,frame,x_km,y_km,z_km,vx_km_s,vy_km_s,vz_km_s,lat_deg,lon_deg,alt_km,sunlit";

/**
 * Writes a header, and a row for each instant at which a node flies, node by node.
 * @returns yields them in pieces, each some milliseconds of work; a piece may be empty
 * @throws RangeError for a node's index outside the constellation
 */
export function* ephemerisCsv(flight: Flight & { frame: Frame }): Generator<string, void> {
  yield `${HEADER}\r\n`;
  const row = new RowWriter(flight.frame);
  for (const node of flight.nodes) {
    const flown = yield* fly(flight, node);
    const id = flight.constellation.id(node);
    let rows = "";
    for (let i = 0; i < flown.at.length; i++) {
      rows += `${id},${row.of(flown, i)}\r\n`;
      if ((i + 1) % STATES_PER_SLICE === 0) {
        yield rows;
        rows = "";
      }
    }
    yield rows;
  }
}

class RowWriter {
  readonly #frame: Frame;
  readonly #state = new Float64Array(6);
  readonly #fixed = new Float64Array(6);

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  of(flown: Flown, i: number): string {
    const at = flown.at[i];
    stateIn(this.#frame, flown, i, this.#state);
    stateIn("tdr", flown, i, this.#fixed);
    const [x, y, z] = this.#fixed;
    const { lat, lon, alt } = ecefToGeodetic({ x, y, z });
    return [
      isoTime(at),
      this.#frame,
      ...Array.from(this.#state, (n, axis) => n.toFixed(axis < 3 ? 6 : 9)),
      lat.toFixed(6),
      lon.toFixed(6),
      alt.toFixed(3),
      isSunlit({ x, y, z }, sunDirectionEcef(at)),
    ].join(",");
  }
}

const isoTime = (at: EpochMs): string => new Date(Math.round(at)).toISOString();
