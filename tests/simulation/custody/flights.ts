/**
 * The tenures of nodes, worked out once: real ones of the filed constellation, or a storm of them.
 * @module
 */
import type { Constellation } from "../../../mesh/orbit/constellation.ts";
import { FILED } from "../../../mesh/orbit/filed.ts";
import { REGIONS } from "../../../mesh/region.ts";
import {
  slotInstant,
  slotNumber,
  type Tenure,
  type Tenures,
  tenuresOf,
} from "../../../mesh/tenure.ts";
import { type EpochMs, epochMs } from "../../../mesh/units.ts";
import { seeded } from "../../support/random.ts";

const HOUR_MS = 3_600_000;
export const START = epochMs(Date.UTC(2026, 10, 23));
/** Clocks may go back, and run a little past the day, without leaving what was worked out. */
const MARGIN_MS = 90 * 60_000;

export class Flight {
  readonly node: string;
  readonly #tenures: readonly Tenure[];

  constructor(node: string, tenures: readonly Tenure[]) {
    this.node = node;
    this.#tenures = tenures;
  }

  /** Instants at which the node changes hands, from the start on, in ms since then. */
  get crossings(): number[] {
    return this.#tenures.map(({ until }) => until - START).filter((at) => at > 0);
  }

  tenureAt(at: EpochMs): Tenure {
    let [low, high] = [0, this.#tenures.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at < this.#tenures[middle].until) high = middle;
      else low = middle + 1;
    }
    return this.#tenures[low];
  }
}

/** Nodes of all shells alike, however small, at most two of a plane where that can be. */
export function flightsOf(
  seed: number,
  count: number,
  hours: number,
  constellation: Constellation = FILED,
): Flight[] {
  const random = seeded(seed);
  const shells = constellation.shells!;
  const starts = shells.map((_, s) =>
    shells.slice(0, s).reduce((sum, { planes, per_plane }) => sum + planes * per_plane, 0)
  );
  const chosen = new Set<number>();
  for (let n = 0; chosen.size < count; n++) {
    const { planes, per_plane } = shells[n % shells.length];
    chosen.add(starts[n % shells.length] + random.integer(0, planes * per_plane - 1));
  }
  return [...chosen].map((index) => {
    const { tenureAt } = tenuresOf(constellation.elements(index));
    return new Flight(constellation.id(index), walk(tenureAt, hours));
  });
}

function walk(tenureAt: Tenures["tenureAt"], hours: number): Tenure[] {
  const tenures = [tenureAt(epochMs(START - MARGIN_MS))];
  while (tenures.at(-1)!.until < START + hours * HOUR_MS + MARGIN_MS) {
    tenures.push(tenureAt(tenures.at(-1)!.until));
  }
  return tenures;
}

/**
 * Flights that no orbit has: a few regions, each for some slots only, so that all that can meet at a
 * crossing does. Each comes twice, as by two catalogues: some crossings are a slot apart.
 */
export function stormOf(seed: number, count: number, hours: number): [Flight, Flight][] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, n): [Flight, Flight] => {
    const first: Tenure[] = [];
    const second: Tenure[] = [];
    let epoch = slotNumber(epochMs(START - MARGIN_MS));
    while (slotInstant(epoch) < START + hours * HOUR_MS + MARGIN_MS) {
      const before = first.at(-1)?.region;
      const region = random.pick(REGIONS.slice(0, 4).filter((other) => other !== before));
      const end = epoch + random.integer(2, 12);
      first.push({ region, epoch, until: slotInstant(end) });
      const isAlike = random.chance(0.7);
      second.push({
        // Another region in the same epoch, or the same a slot later.
        region: random.chance(0.8) ? region : random.pick(REGIONS.slice(0, 4)),
        epoch: second.length === 0 ? epoch : slotNumber(second.at(-1)!.until),
        until: slotInstant(end + (isAlike ? 0 : 1)),
      });
      epoch = end;
    }
    return [new Flight(`STORM-${n}`, first), new Flight(`STORM-${n}`, second)];
  });
}
