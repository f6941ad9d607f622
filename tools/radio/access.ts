/**
 * What the radio link of a customer takes beside light: a draw of it, from a few parameters. Not a model
 * of why: who else asks, and how a scheduler chooses, are in the figures that the parameters are fitted to.
 * @module
 */
import type { EpochMs } from "../../mesh/units.ts";

/** Of a link that is shared, what one round trip meets, ms. */
export interface Access {
  /** Modems, coding, switching: what the quickest trip takes as well. */
  floor_ms: number;
  /** A terminal may send so often; a packet waits for its turn, evenly between nothing and this. */
  grant_ms: number;
  /** Behind the packets of others, both ways: lognormal, its median and its spread (of the logarithm). */
  queue: { median_ms: number; spread: number };
  /** Satellites are assigned anew so often, at `slot_at_ms` of each minute's first slot. */
  slot_ms: number;
  slot_at_ms: number;
  /** At the beginning of a slot nothing is sent for so long; a packet waits for the end of that. */
  gap_ms: number;
}

/** What chance decides of one trip's access. */
export interface Chance {
  /** Uniform in [0, 1): how far off the next grant is. */
  grant: number;
  /** Standard normal: how long the queue is. */
  queue: number;
}

/** @param random uniform in [0, 1) */
export function drawChance(random: () => number): Chance {
  // Box and Muller, Annals of Mathematical Statistics 29, 1958.
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return { queue: radius * Math.cos(2 * Math.PI * random()), grant: random() };
}

/** What access takes of a trip that sets out at an instant, ms. */
export function accessTime(access: Access, at: EpochMs, chance: Chance): number {
  const { floor_ms, grant_ms, queue, slot_ms, slot_at_ms, gap_ms } = access;
  const into_slot = ((at - slot_at_ms) % slot_ms + slot_ms) % slot_ms;
  const gap = Math.max(0, gap_ms - into_slot);
  const waiting = queue.median_ms * Math.exp(queue.spread * chance.queue);
  return floor_ms + grant_ms * chance.grant + waiting + gap;
}
