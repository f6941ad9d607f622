/**
 * Who owns a node, since when and until when.
 *
 * Time is cut in slots of ten seconds; during a slot a node belongs to the region below it at the
 * slot's start. A tenure is an unbroken run of slots with one region, and its epoch the number of
 * its first slot. All of it follows from the elements and the instant, so all isolates and objects
 * agree without a message.
 *
 * A node that hardly moves would make the search for a tenure's start endless: it goes back no
 * further than to the first slot of the hour before. The epoch never falls as time goes on, and a
 * new one on the hour, with the region unchanged, moves nothing. Low orbits never meet that bound:
 * the longest tenure of 1,000 filed nodes over two days is 38 minutes.
 *
 * Cost: 0.7 us a slot, 0.15 ms for a tenure in low orbit, 1.3 ms at most. In a deep-space orbit a
 * slot takes SGP4 longer, and longer still with old elements: 10 to 200 ms for a tenure, once an
 * hour.
 * Not its job: moving state from owner to owner (durable-objects/custody/custody.ts).
 * @module
 */
import type { Elements } from "./orbit/elements.ts";
import { temeToEcef } from "./orbit/frames.ts";
import { propagatorOf, siderealTime } from "./orbit/propagation.ts";
import { type Region, regionBelow } from "./region.ts";
import { type EpochMs, epochMs, MS_PER_HOUR } from "./units.ts";

/**
 * The length of a slot. It divides the 60 s between two knots, so that an almanac's window holds
 * the start of each of its slots.
 */
export const SLOT_MS = 10_000;
const SLOTS_PER_HOUR = MS_PER_HOUR / SLOT_MS;

/**
 * The slot that an instant lies in.
 * @returns whole slots since 1970; negative before
 */
export const slotNumber = (at: EpochMs): number => Math.floor(at / SLOT_MS);
/**
 * The instant at which a slot begins.
 * @param slot its number, as slotNumber() counts
 */
export const slotInstant = (slot: number): EpochMs => epochMs(slot * SLOT_MS);

/** An unbroken run of slots in which one region owns a node. */
export interface Tenure {
  region: Region;
  /** The number of the tenure's first slot; it never falls as time goes on. */
  epoch: number;
  /** The instant at which the next tenure begins. */
  until: EpochMs;
}

/** Answers who owns one node, at any instant. */
export interface Tenures {
  /** The region that owns the node during the slot that `at` lies in. */
  ownerAt(at: EpochMs): Region;
  /** The tenure that `at` lies in; cheapest when instants come in ascending order. */
  tenureAt(at: EpochMs): Tenure;
}

/**
 * Prepares the tenures of one node; SGP4 is initialised once. A node that has decayed belongs to
 * the first of REGIONS, for good.
 */
export function tenuresOf(elements: Elements): Tenures {
  const propagate = propagatorOf(elements);
  const state = new Float64Array(6);
  const ownerOf = (slot: number): Region => {
    const at = slotInstant(slot);
    if (!propagate(at, state)) state.fill(0);
    temeToEcef(state, siderealTime(at), state);
    return regionBelow({ x: state[0], y: state[1], z: state[2] });
  };
  // Asks of one object come in the order of time: most find the tenure of the ask before.
  let last: { from: number; tenure: Tenure } | undefined;

  const search = (slot: number): Tenure => {
    const region = ownerOf(slot);
    const earliest = hourBefore(slot);
    let epoch = slot;
    while (epoch > earliest && ownerOf(epoch - 1) === region) epoch--;
    // From then on a search back would end after this epoch.
    const latest = hourBefore(epoch) + 3 * SLOTS_PER_HOUR;
    let end = slot + 1;
    while (end < latest && ownerOf(end) === region) end++;
    return { region, epoch, until: slotInstant(end) };
  };

  return {
    ownerAt: (at) => ownerOf(slotNumber(at)),
    tenureAt(at) {
      const slot = slotNumber(at);
      if (last && slot >= last.from && at < last.tenure.until) return last.tenure;
      last = { from: slot, tenure: search(slot) };
      return last.tenure;
    },
  };
}

const hourBefore = (slot: number): number =>
  (Math.floor(slot / SLOTS_PER_HOUR) - 1) * SLOTS_PER_HOUR;
