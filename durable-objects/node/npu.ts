/**
 * The NPU of one node in real time: admitted asks wait for their turn on the mesh clock, and asks
 * that a model can take together run together.
 *
 * An ask that finds the NPU free runs at once. Any other is held until the modelled NPU would begin
 * it, so that an ask with a nearer promise can still come before it. mesh/node decides the queue's
 * order and what a run costs.
 * @module
 */
import type { Tensor } from "../../contract/tensor.ts";
import { joinable, joinInputs, splitOutputs } from "../../inference/batch.ts";
import type { Engine, RunnableModel } from "../../inference/engine.ts";
import { type MeshClock, meshNow, realDelay } from "../../mesh/clock.ts";
import { admit, type Admitted, type Demand, type Reservation } from "../../mesh/node/admit.ts";
import { type BegunRun, BegunRuns } from "../../mesh/node/begun-runs.ts";
import type { HardwareProfile } from "../../mesh/node/profile.ts";
import { schedule } from "../../mesh/node/queue.ts";
import { advance, busyUntil, type NodeState } from "../../mesh/node/state.ts";
import type { Sunlight } from "../../mesh/orbit/sunlight.ts";
import {
  type EpochMs,
  epochMs,
  type Joules,
  joules,
  type Seconds,
  seconds,
} from "../../mesh/units.ts";

// The platform's clock counts milliseconds: a run that is due within one begins now.
const GRAIN_MS = 1;
// A run of this many of the largest asks still fits into the object's memory.
const BATCH_MAX = 16;

/** An ask whose turn has come. */
export interface NpuTurn {
  starts: EpochMs;
  ends: EpochMs;
  /** How long the run takes. Not `ends` - `starts`: instants since 1970 are too coarse to tell. */
  run: Seconds;
  /** The ask's own part of the run, which it is billed for. */
  npu: Seconds;
  energy: Joules;
  /** When the engine was asked, on the real clock of performance.now(): it may work before it yields. */
  asked_ms: number;
  outputs: Promise<Tensor[]>;
}

/** An ask whose turn has come and whose run is elsewhere: the NPU is booked for the most that it may take. */
export interface HeldTurn extends Omit<NpuTurn, "outputs"> {
  /**
   * Says how many operations the run took after all. The node's state becomes what it had been with those:
   * what was booked beyond them was never drawn.
   * @param operations of those that were demanded, not more
   * @returns the ask's own part, as it is billed
   */
  settle(operations: number): { npu: Seconds; energy: Joules };
}

interface Waiting extends Reservation {
  /** Null: the run is elsewhere, and settled by who asked. */
  runs: RunnableModel | null;
  operations: number;
  inputs: Tensor[];
  /** Called once: with the ask's turn, or with null if the node lets it go unserved. */
  called: (turn: HeldTurn & NpuTurn | null) => void;
}

/**
 * An admitted ask, whose turn resolves to null if the node lets it go unserved; or why it is
 * refused.
 */
export type NpuAdmission<Turn = NpuTurn> =
  | { ok: true; arrived: EpochMs; turn: Promise<Turn | null> }
  | Extract<Admitted, { ok: false }>;

/**
 * What a node's NPU runs on: the modelled hardware, the mesh clock, the node's light, and an
 * engine.
 */
export interface Hardware {
  clock: MeshClock;
  profile: HardwareProfile;
  sunlight: Sunlight;
  engine: Engine;
  /** Whether a board is attached that runs what an isolate cannot; missing: none is. */
  readonly attached?: boolean;
}

/** One node's NPU; it lives as long as its object has custody under one epoch. */
export class Npu {
  readonly #hardware: Hardware;
  #state: NodeState;
  #waiting: Waiting[] = [];
  readonly #begun = new BegunRuns();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(state: NodeState, hardware: Hardware) {
    this.#state = state;
    this.#hardware = hardware;
  }

  /** Admitted asks whose turn has not come, in no order. */
  get waiting(): readonly Reservation[] {
    return this.#waiting;
  }

  /** The node's state brought to now; every run that is due by now has begun. */
  state(): NodeState {
    return this.#bringTo(this.#now());
  }

  /** Admits an ask and queues it, or refuses it. */
  take(demand: Demand, runs: RunnableModel, inputs: Tensor[]): NpuAdmission {
    return this.#queue(demand, runs, inputs);
  }

  /** Admits an ask whose run is elsewhere, by the most operations that it may take, or refuses it. */
  hold(demand: Demand): NpuAdmission<HeldTurn> {
    return this.#queue(demand, null, []);
  }

  #queue(
    demand: Demand,
    runs: RunnableModel | null,
    inputs: Tensor[],
  ): NpuAdmission<HeldTurn & NpuTurn> {
    const admitted = admit(this.state(), this.#waiting, demand, this.#hardware);
    if (!admitted.ok) return admitted;
    const { operations } = demand;
    const turn = new Promise<HeldTurn & NpuTurn | null>((called) => {
      this.#waiting.push({ ...admitted.reservation, runs, operations, inputs, called });
    });
    this.#bringTo(this.#now());
    return { ok: true, arrived: admitted.reservation.arrived, turn };
  }

  /** Lets all asks go that have not begun: their turns resolve to null. */
  dismiss(): void {
    clearTimeout(this.#timer);
    for (const { called } of this.#waiting.splice(0)) called(null);
  }

  /** Lets one ask go, if it has not begun: its turn resolves to null. */
  withdraw(id: string): void {
    const ask = this.#waiting.find((waiting) => waiting.id === id);
    if (!ask) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== ask);
    ask.called(null);
  }

  /**
   * Never before the state's own time: a clock that jumped back must not undo what has happened.
   */
  #now(): EpochMs {
    return epochMs(Math.max(meshNow(this.#hardware.clock, Date.now()), this.#state.at));
  }

  #bringTo(now: EpochMs): NodeState {
    const { clock, profile, sunlight } = this.#hardware;
    clearTimeout(this.#timer);
    while (this.#waiting.length > 0) {
      const [next] = schedule(this.#waiting, busyUntil(this.#state));
      if (next.starts > now + GRAIN_MS * clock.rate) {
        // When the timer fires, this much mesh time has passed, whatever the clock then says.
        const fire = () => this.#bringTo(epochMs(Math.max(this.#now(), next.starts)));
        this.#timer = setTimeout(fire, Math.ceil(realDelay(clock, next.starts - now)));
        break;
      }
      this.#run(next.ask as Waiting, next.starts);
    }
    return this.#state = advance(this.#state, now, profile, sunlight);
  }

  #run(first: Waiting, starts: EpochMs): void {
    const { profile, engine } = this.#hardware;
    const { members, npu } = this.#gather(first, starts);
    this.#waiting = this.#waiting.filter((waiting) => !members.includes(waiting));
    const run = { reservation: { ...first, npu }, starts, waiting: this.#waiting };
    this.#state = this.#begun.begin(this.#state, run, profile, first.runs === null);
    const ends = epochMs(starts + npu * 1e3);
    const asked_ms = performance.now();
    const runs = runTogether(engine, members);
    members.forEach((member, i) => {
      const own = seconds(member.npu - profile.npu_dispatch * (1 - 1 / members.length));
      const energy = joules(own * first.draw);
      const outputs = runs.then((outputs) => outputs[i]);
      // If the caller has gone, nobody awaits the outputs; a failure without a handler would be
      // logged as an unhandled rejection.
      outputs.catch(() => {});
      const settle = (operations: number) => this.#settle(first, run, operations);
      member.called({ starts, ends, run: npu, npu: own, energy, asked_ms, outputs, settle });
    });
  }

  #settle({ npu, draw, operations }: Waiting, run: BegunRun, used: number) {
    const { profile, sunlight } = this.#hardware;
    const share = operations === 0 ? 0 : Math.min(1, used / operations);
    const took = seconds(profile.npu_dispatch + (npu - profile.npu_dispatch) * share);
    this.#state = this.#begun.settle(this.state(), { run, npu: took }, { profile, sunlight });
    return { npu: took, energy: joules(took * draw) };
  }

  /**
   * Picks the asks that run with the first one without breaking any promise, nearest promise first.
   */
  #gather(first: Waiting, starts: EpochMs): { members: Waiting[]; npu: Seconds } {
    const { npu_dispatch } = this.#hardware.profile;
    let members = [first];
    let npu = first.npu;
    const spec = first.runs?.spec ?? null;
    if (!spec || spec.batch === null) return { members, npu };
    const mates = this.#waiting
      .filter(({ runs, ready }) => runs?.spec === spec && ready <= starts)
      .sort((a, b) => a.end_by - b.end_by);
    for (const mate of mates) {
      if (mate === first || members.length === BATCH_MAX) continue;
      const together = [...members, mate];
      if (!joinable(spec, together.map(({ inputs }) => inputs))) continue;
      const longer = seconds(npu + mate.npu - npu_dispatch);
      if (!this.#keeps(together, epochMs(starts + longer * 1e3))) continue;
      members = together;
      npu = longer;
    }
    return { members, npu };
  }

  /** Whether every promise holds if these have run together by `ends`. */
  #keeps(together: Waiting[], ends: EpochMs): boolean {
    const others = this.#waiting.filter((waiting) => !together.includes(waiting));
    return together.every(({ end_by }) => ends <= end_by) &&
      schedule(others, ends).every(({ ask, starts }) => starts + ask.npu * 1e3 <= ask.end_by);
  }
}

async function runTogether(engine: Engine, members: Waiting[]): Promise<Tensor[][]> {
  const [{ runs, inputs }] = members;
  if (runs === null) return [[]];
  if (members.length === 1) return [await engine.run(runs, inputs)];
  const asks = members.map((member) => member.inputs);
  const outputs = await engine.run(runs, joinInputs(asks));
  return splitOutputs(outputs, asks);
}
