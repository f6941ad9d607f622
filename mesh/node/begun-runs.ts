/**
 * Runs that have begun and whose length is not known yet: each is booked for the most that it may take,
 * and when it says what it took, the node's state becomes what it had been with that.
 *
 * The state is computed anew from before the first such run: nothing is given back to a battery that
 * might have been full meanwhile, so energy stays conserved. Runs only get shorter, so whatever began
 * behind one of them could have begun then all the same.
 * @module
 */
import type { Sunlight } from "../orbit/sunlight.ts";
import type { EpochMs, Seconds } from "../units.ts";
import { begin, type Reservation } from "./admit.ts";
import type { HardwareProfile } from "./profile.ts";
import { advance, type NodeState } from "./state.ts";

/** A run as it began. */
export interface BegunRun {
  /** Booked for its `npu`. */
  reservation: Reservation;
  starts: EpochMs;
  /** Who waited on then: the models that they were promised stay in memory. */
  waiting: readonly Reservation[];
}

interface Noted extends BegunRun {
  /** Whether its length is still to come. */
  open: boolean;
}

// A stream of minutes on a busy node must not keep all that runs beside it: a run that is forgotten stays
// booked as it was, for more than it took.
const NOTED_MAX = 256;

/** The runs of one node's NPU since the first one whose length is not known. */
export class BegunRuns {
  /** Before the first of them. */
  #before: NodeState | null = null;
  #noted: Noted[] = [];

  /**
   * Begins a run, as begin() does.
   * @param open whether settle() will say how long it took
   */
  begin(state: NodeState, run: BegunRun, profile: HardwareProfile, open: boolean): NodeState {
    if (open || this.#noted.length > 0) {
      this.#before ??= state;
      this.#noted.push({ ...run, open });
      if (this.#noted.length > NOTED_MAX) this.#forget();
    }
    return begin(state, run.reservation, run.starts, profile, run.waiting);
  }

  /**
   * Says how long a run took.
   * @param state of now
   * @param settled the run as it was begun, and its time on the NPU, not more than was booked
   * @returns the state of now, with the run as long as it was
   * @throws RangeError if it took longer than was booked: a bug
   */
  settle(
    state: NodeState,
    { run, npu }: { run: BegunRun; npu: Seconds },
    { profile, sunlight }: { profile: HardwareProfile; sunlight: Sunlight },
  ): NodeState {
    const noted = this.#noted.find((one) => one.open && one.reservation === run.reservation);
    if (!noted || !this.#before) return state;
    if (npu > noted.reservation.npu) {
      throw new RangeError(`Cannot settle for ${npu} s: ${noted.reservation.npu} s were booked`);
    }
    noted.reservation = { ...noted.reservation, npu };
    noted.open = false;
    let now = this.#before;
    const first_open = this.#noted.findIndex(({ open }) => open);
    for (const [i, { reservation, starts, waiting }] of this.#noted.entries()) {
      now = advance(now, starts, profile, sunlight);
      if (i === first_open) this.#before = now;
      now = begin(now, reservation, starts, profile, waiting);
    }
    if (first_open < 0) this.#before = null;
    this.#noted = first_open < 0 ? [] : this.#noted.slice(first_open);
    return advance(now, state.at, profile, sunlight);
  }

  /** Lets all of them stand as they were booked. */
  #forget(): void {
    this.#noted = [];
    this.#before = null;
  }
}
