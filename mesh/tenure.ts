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
 * Cost: 0.7 us a slot. Slots in which a node cannot have left its region are not looked at: 30 us for a
 * tenure on a circle in low orbit, 0.15 ms on another orbit, 1.3 ms at most. In a deep-space orbit a
 * slot takes SGP4 longer, and longer still with old elements: 10 to 200 ms for a tenure, once an
 * hour.
 * Not its job: moving state from owner to owner (durable-objects/custody/custody.ts).
 * @module
 */
import type { Elements } from "./orbit/elements.ts";
import { type Ecef, temeToEcef } from "./orbit/frames.ts";
import { propagatorOf, siderealTime } from "./orbit/propagation.ts";
import { type Region, regionAround, regionBelow } from "./region.ts";
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

// A node on nearly a circle, so high that it stays 200 km up for the next quarter of an hour, turns no faster
// over the ground than this: 1.2e-3 rad/s at that height, a few percent for the ellipse, and 7.3e-5 for the Earth.
const CIRCLE_ECCENTRICITY_MAX = 0.005;
const CIRCLE_RADIUS_KM_MIN = 6_700;
// Ten times what the lightest of satellites has: none of those falls 100 km in that time.
const CIRCLE_DRAG_MAX = 0.01;
const TURN_PER_SLOT = 1.35e-3 * SLOT_MS / 1e3;
// Beyond the rounding of a margin.
const MARGIN_OFF = 1e-6;
const SAFE_SLOTS_MAX = 90;

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
  const placeIn = (slot: number): Ecef => {
    const at = slotInstant(slot);
    if (!propagate(at, state)) state.fill(0);
    temeToEcef(state, siderealTime(at), state);
    return { x: state[0], y: state[1], z: state[2] };
  };
  const ownerOf = (slot: number): Region => regionBelow(placeIn(slot));
  const isCircle = elements.eccentricity < CIRCLE_ECCENTRICITY_MAX &&
    Math.abs(elements.bstar) < CIRCLE_DRAG_MAX;
  const lookAt = (slot: number): { region: Region; safe: number } => {
    const place = placeIn(slot);
    if (!isCircle || Math.hypot(place.x, place.y, place.z) < CIRCLE_RADIUS_KM_MIN) {
      return { region: regionBelow(place), safe: 0 };
    }
    const { region, margin } = regionAround(place);
    const safe = Math.floor((margin - MARGIN_OFF) / TURN_PER_SLOT);
    return { region, safe: Math.max(0, Math.min(SAFE_SLOTS_MAX, safe)) };
  };
  // Asks of one object come in the order of time: most find the tenure of the ask before.
  let last: { from: number; tenure: Tenure } | undefined;

  const search = (slot: number): Tenure => {
    const { region, safe } = lookAt(slot);
    const earliest = hourBefore(slot);
    let epoch = Math.max(earliest, slot - safe);
    while (epoch > earliest) {
      const before = lookAt(epoch - 1);
      if (before.region !== region) break;
      epoch = Math.max(earliest, epoch - 1 - before.safe);
    }
    // From then on a search back would end after this epoch.
    const latest = hourBefore(epoch) + 3 * SLOTS_PER_HOUR;
    let end = Math.min(latest, slot + 1 + safe);
    while (end < latest) {
      const next = lookAt(end);
      if (next.region !== region) break;
      end = Math.min(latest, end + 1 + next.safe);
    }
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
