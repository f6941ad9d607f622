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
import type { Admitted, Demand, Reservation } from "../../mesh/node/admit.ts";
import type { BegunRun } from "../../mesh/node/begun-runs.ts";
import { type Joining, type LineTurn, NpuLine } from "../../mesh/node/npu-line.ts";
import type { HardwareProfile } from "../../mesh/node/profile.ts";
import type { NodeState } from "../../mesh/node/state.ts";
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

const JOINING: Joining<Waiting> = {
  joins: ({ runs }) => (runs?.spec?.batch ?? null) !== null,
  isMate: (ask, other) => ask.runs?.spec === other.runs?.spec,
  joinable: (together) => joinable(together[0].runs!.spec!, together.map(({ inputs }) => inputs)),
};

/** One node's NPU; it lives as long as its object has custody under one epoch. */
export class Npu {
  readonly #hardware: Hardware;
  readonly #line: NpuLine<Waiting>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(state: NodeState, hardware: Hardware) {
    this.#hardware = hardware;
    this.#line = new NpuLine(state, hardware, JOINING);
  }

  /** Admitted asks whose turn has not come, in no order. */
  get waiting(): readonly Reservation[] {
    return this.#line.waiting;
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
    this.state();
    const admitted = this.#line.admit(demand);
    if (!admitted.ok) return admitted;
    const { operations } = demand;
    const turn = new Promise<HeldTurn & NpuTurn | null>((called) => {
      this.#line.add({ ...admitted.reservation, runs, operations, inputs, called });
    });
    this.#bringTo(this.#now());
    return { ok: true, arrived: admitted.reservation.arrived, turn };
  }

  /** Lets all asks go that have not begun: their turns resolve to null. */
  dismiss(): void {
    clearTimeout(this.#timer);
    for (const { called } of this.#line.clear()) called(null);
  }

  /** Lets one ask go, if it has not begun: its turn resolves to null. */
  withdraw(id: string): void {
    this.#line.remove(id)?.called(null);
  }

  /**
   * Never before the state's own time: a clock that jumped back must not undo what has happened.
   */
  #now(): EpochMs {
    return epochMs(Math.max(meshNow(this.#hardware.clock, Date.now()), this.#line.state.at));
  }

  #bringTo(now: EpochMs): NodeState {
    const { clock } = this.#hardware;
    clearTimeout(this.#timer);
    for (let next = this.#line.next(); next; next = this.#line.next()) {
      const { starts } = next;
      if (starts > now + GRAIN_MS * clock.rate) {
        // When the timer fires, this much mesh time has passed, whatever the clock then says.
        const fire = () => this.#bringTo(epochMs(Math.max(this.#now(), starts)));
        this.#timer = setTimeout(fire, Math.ceil(realDelay(clock, starts - now)));
        break;
      }
      this.#run(this.#line.begin(next, next.ask.runs === null));
    }
    return this.#line.advanceTo(now);
  }

  #run(turn: LineTurn<Waiting>): void {
    const { starts, ends, run, members, begun } = turn;
    const [first] = members;
    const asked_ms = performance.now();
    const runs = runTogether(this.#hardware.engine, members);
    members.forEach((member, i) => {
      const own = this.#line.ownPart(turn, member);
      const outputs = runs.then((outputs) => outputs[i]);
      // If the caller has gone, nobody awaits the outputs; a failure without a handler would be
      // logged as an unhandled rejection.
      outputs.catch(() => {});
      const settle = (operations: number) => this.#settle(first, begun, operations);
      member.called({ starts, ends, run, ...own, asked_ms, outputs, settle });
    });
  }

  #settle({ npu, draw, operations }: Waiting, run: BegunRun, used: number) {
    const { profile } = this.#hardware;
    const share = operations === 0 ? 0 : Math.min(1, used / operations);
    const took = seconds(profile.npu_dispatch + (npu - profile.npu_dispatch) * share);
    this.state();
    this.#line.settle(run, took);
    return { npu: took, energy: joules(took * draw) };
  }
}

async function runTogether(engine: Engine, members: readonly Waiting[]): Promise<Tensor[][]> {
  const [{ runs, inputs }] = members;
  if (runs === null) return [[]];
  if (members.length === 1) return [await engine.run(runs, inputs)];
  const asks = members.map((member) => member.inputs);
  const outputs = await engine.run(runs, joinInputs(asks));
  return splitOutputs(outputs, asks);
}
