/**
 * The line before one node's NPU: who waits, whose turn is next, and who runs together with whom, on a
 * clock that the caller reads. State and runs are settled in one place for all who have a node: its object
 * in real time (durable-objects/node/npu.ts), a study on the mesh clock alone (study/engine).
 * Not its job: whether an ask is taken (admit.ts), in which order (queue.ts), when to look again.
 * @module
 */
import type { Sunlight } from "../orbit/sunlight.ts";
import { type EpochMs, epochMs, type Joules, joules, type Seconds, seconds } from "../units.ts";
import { admit, type Admitted, type Demand, type Reservation } from "./admit.ts";
import { type BegunRun, BegunRuns } from "./begun-runs.ts";
import type { Flows } from "./energy.ts";
import type { HardwareProfile } from "./profile.ts";
import { schedule } from "./queue.ts";
import { advance, busyUntil, type NodeState } from "./state.ts";

// A run of this many of the largest asks still fits into an object's memory.
const BATCH_MAX = 16;

/** What a line runs on. */
export interface LineHardware {
  readonly profile: HardwareProfile;
  readonly sunlight: Sunlight;
  /** Whether a board is attached that runs what an isolate cannot; missing: none is. */
  readonly attached?: boolean;
}

/** Which asks a model can take together. */
export interface Joining<A> {
  /** Whether an ask can run with others at all. */
  joins(ask: A): boolean;
  /** Whether two asks, both of which join, are of one model. */
  isMate(ask: A, other: A): boolean;
  /** Whether one run takes all of these, the first of which is to run in any case. */
  joinable(together: readonly A[]): boolean;
}

/** A run whose turn has come. */
export interface LineTurn<A> {
  starts: EpochMs;
  ends: EpochMs;
  /** How long the run takes. Not `ends` - `starts`: instants since 1970 are too coarse to tell. */
  run: Seconds;
  /** Who runs together, the one whose turn it is first. */
  members: readonly A[];
  /** What settle() wants to hear. */
  begun: BegunRun;
}

/** What an account of a node hears of its way, piece by piece (state.ts). */
export interface LineAccount {
  flows: Flows;
  onPiece: (state: NodeState) => void;
}

/** One node's NPU, and who waits for it. */
export class NpuLine<A extends Reservation> {
  readonly #hardware: LineHardware;
  readonly #joining: Joining<A>;
  readonly #account: LineAccount | undefined;
  #state: NodeState;
  #waiting: readonly A[] = [];
  readonly #begun = new BegunRuns();

  /**
   * @param state of any instant that advanceTo() comes after
   * @param account hears of all that the node spends from then on; missing: nobody keeps one
   */
  constructor(
    state: NodeState,
    hardware: LineHardware,
    joining: Joining<A>,
    account?: LineAccount,
  ) {
    this.#state = state;
    this.#hardware = hardware;
    this.#joining = joining;
    this.#account = account;
  }

  /** The node's, as advanceTo() has left it. */
  get state(): NodeState {
    return this.#state;
  }

  /** Admitted asks whose turn has not come, in no order. */
  get waiting(): readonly A[] {
    return this.#waiting;
  }

  /** Whether the node would take one more ask now; nothing is changed by it. */
  admit(demand: Demand): Admitted {
    return admit(this.#state, this.#waiting, demand, this.#hardware);
  }

  /** Takes an admitted ask in. */
  add(ask: A): void {
    this.#waiting = [...this.#waiting, ask];
  }

  /**
   * Lets an ask go that waits.
   * @param id of its execution
   * @returns undefined if it does not wait
   */
  remove(id: string): A | undefined {
    const ask = this.#waiting.find((waiting) => waiting.id === id);
    if (ask) this.#waiting = this.#waiting.filter((waiting) => waiting !== ask);
    return ask;
  }

  /** Lets all go that wait. */
  clear(): readonly A[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }

  /**
   * Tells whose turn is next, and when, if nobody else comes.
   * @returns undefined if nobody waits
   */
  next(): { ask: A; starts: EpochMs } | undefined {
    if (this.#waiting.length === 0) return undefined;
    return schedule(this.#waiting, busyUntil(this.#state))[0];
  }

  /**
   * Begins the run of whom next() names, with all that can run together with it and break no promise.
   * @param open whether settle() will say how long it took
   */
  begin({ ask, starts }: { ask: A; starts: EpochMs }, open = false): LineTurn<A> {
    const { profile } = this.#hardware;
    const { members, npu } = this.#gather(ask, starts);
    this.#waiting = this.#waiting.filter((waiting) => !members.includes(waiting));
    const begun = { reservation: { ...ask, npu }, starts, waiting: this.#waiting };
    this.#state = this.#begun.begin(this.#state, begun, profile, open);
    return { starts, ends: epochMs(starts + npu * 1e3), run: npu, members, begun };
  }

  /**
   * What one of those who run together is billed of the run: its own operations, and its share of the one
   * dispatch.
   */
  ownPart(
    { members: [first, ...others] }: LineTurn<A>,
    member: A,
  ): { npu: Seconds; energy: Joules } {
    const { npu_dispatch } = this.#hardware.profile;
    const npu = seconds(member.npu - npu_dispatch * (1 - 1 / (1 + others.length)));
    return { npu, energy: joules(npu * first.draw) };
  }

  /** Brings the state to an instant; an earlier one changes nothing. */
  advanceTo(now: EpochMs): NodeState {
    const { profile, sunlight } = this.#hardware;
    const { flows, onPiece } = this.#account ?? {};
    return this.#state = advance(this.#state, now, profile, sunlight, flows, onPiece);
  }

  /**
   * Says how long an open run took, once the state is of now: it becomes what it had been with that.
   * @param npu not more than was booked
   */
  settle(run: BegunRun, npu: Seconds): void {
    const { profile, sunlight } = this.#hardware;
    this.#state = this.#begun.settle(this.#state, { run, npu }, { profile, sunlight });
  }

  /**
   * Picks the asks that run with the first one without breaking any promise, nearest promise first.
   */
  #gather(first: A, starts: EpochMs): { members: A[]; npu: Seconds } {
    const { npu_dispatch } = this.#hardware.profile;
    const joining = this.#joining;
    let members = [first];
    let npu = first.npu;
    if (this.#waiting.length === 1 || !joining.joins(first)) return { members, npu };
    const mates = this.#waiting
      .filter((mate) => mate.ready <= starts && joining.joins(mate) && joining.isMate(first, mate))
      .sort((a, b) => a.end_by - b.end_by);
    for (const mate of mates) {
      if (mate === first || members.length === BATCH_MAX) continue;
      const together = [...members, mate];
      if (!joining.joinable(together)) continue;
      const longer = seconds(npu + mate.npu - npu_dispatch);
      if (!this.#keeps(together, epochMs(starts + longer * 1e3))) continue;
      members = together;
      npu = longer;
    }
    return { members, npu };
  }

  /** Whether every promise holds if these have run together by `ends`. */
  #keeps(together: readonly A[], ends: EpochMs): boolean {
    const others = this.#waiting.filter((waiting) => !together.includes(waiting));
    return together.every(({ end_by }) => ends <= end_by) &&
      schedule(others, ends).every(({ ask, starts }) => starts + ask.npu * 1e3 <= ask.end_by);
  }
}
