/**
 * The NPU of one node as its object lives it: admitted asks wait for their turn on the mesh clock, and
 * those that a model can take together run together.
 *
 * A queue is a queue: an ask that finds the NPU free runs at once, any other is held until the
 * modelled NPU would begin it, so that asks with nearer promises can still come before it.
 * What the queue's order is, and what a run costs, is decided in mesh/node.
 * @module
 */
import type { Tensor } from "../../contract/tensor.ts";
import { joinable, joinInputs, splitOutputs } from "../../inference/batch.ts";
import type { Engine } from "../../inference/engine.ts";
import { type MeshClock, meshNow, realDelay } from "../../mesh/clock.ts";
import {
  admit,
  type Admitted,
  begin,
  type Demand,
  type Reservation,
} from "../../mesh/node/admit.ts";
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
import type { ModelSpec } from "../../models/catalogue.ts";

// The platform's clock counts milliseconds: what would begin within one begins now.
const GRAIN_MS = 1;
// One run holds one object's memory: this many of the largest asks still fit.
const BATCH_MAX = 16;

/** An ask whose turn has come. */
export interface NpuTurn {
  starts: EpochMs;
  ends: EpochMs;
  /** How long the run takes: instants of an epoch are too coarse to tell. */
  run: Seconds;
  /** Of it, the ask's own part: what it is billed. */
  npu: Seconds;
  energy: Joules;
  outputs: Promise<Tensor[]>;
}

interface Waiting extends Reservation {
  spec: ModelSpec;
  inputs: Tensor[];
  /** Null: the node has let it go unserved. */
  called: (turn: NpuTurn | null) => void;
}

export type NpuAdmission =
  | { ok: true; arrived: EpochMs; turn: Promise<NpuTurn | null> }
  | Extract<Admitted, { ok: false }>;

export interface Hardware {
  clock: MeshClock;
  profile: HardwareProfile;
  sunlight: Sunlight;
  engine: Engine;
}

export class Npu {
  readonly #hardware: Hardware;
  #state: NodeState;
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(state: NodeState, hardware: Hardware) {
    this.#state = state;
    this.#hardware = hardware;
  }

  get waiting(): readonly Reservation[] {
    return this.#waiting;
  }

  /** The state brought to now, every turn that has come by then begun. */
  state(): NodeState {
    return this.#bringTo(this.#now());
  }

  /** Admits an ask and queues it, or refuses it. */
  take(demand: Demand, spec: ModelSpec, inputs: Tensor[]): NpuAdmission {
    const admitted = admit(this.state(), this.#waiting, demand, this.#hardware);
    if (!admitted.ok) return admitted;
    const turn = new Promise<NpuTurn | null>((called) => {
      this.#waiting.push({ ...admitted.lease, spec, inputs, called });
    });
    this.#bringTo(this.#now());
    return { ok: true, arrived: admitted.lease.arrived, turn };
  }

  /** Lets everybody go who has not begun. */
  dismiss(): void {
    clearTimeout(this.#timer);
    for (const { called } of this.#waiting.splice(0)) called(null);
  }

  /** Never before the state's own time: a clock that jumped back must not undo what was. */
  #now(): EpochMs {
    return epochMs(Math.max(meshNow(this.#hardware.clock, Date.now()), this.#state.at));
  }

  #bringTo(now: EpochMs): NodeState {
    const { clock, profile, sunlight } = this.#hardware;
    clearTimeout(this.#timer);
    while (this.#waiting.length > 0) {
      const [next] = schedule(this.#waiting, busyUntil(this.#state));
      if (next.starts > now + GRAIN_MS * clock.rate) {
        // By the time it fires this much has been lived through, whatever the clock then says.
        const fire = () => this.#bringTo(epochMs(Math.max(this.#now(), next.starts)));
        this.#timer = setTimeout(fire, Math.ceil(realDelay(clock, next.starts - now)));
        break;
      }
      this.#run(next.job as Waiting, next.starts);
    }
    return this.#state = advance(this.#state, now, profile, sunlight);
  }

  #run(first: Waiting, starts: EpochMs): void {
    const { profile, engine } = this.#hardware;
    const { members, npu } = this.#gather(first, starts);
    this.#waiting = this.#waiting.filter((waiting) => !members.includes(waiting));
    this.#state = begin(this.#state, { ...first, npu }, starts, profile, this.#waiting);
    const ends = epochMs(starts + npu * 1e3);
    const runs = runTogether(engine, members);
    members.forEach((member, i) => {
      const own = seconds(member.npu - profile.npu_dispatch * (1 - 1 / members.length));
      const energy = joules(own * first.draw);
      const outputs = runs.then((outputs) => outputs[i]);
      // Where the asker has gone nobody awaits the outputs; a failure without a handler would be
      // logged as an unhandled rejection.
      outputs.catch(() => {});
      member.called({ starts, ends, run: npu, npu: own, energy, outputs });
    });
  }

  /** Who can run with the first without anybody's promise being broken, in the order of promises. */
  #gather(first: Waiting, starts: EpochMs): { members: Waiting[]; npu: Seconds } {
    const { npu_dispatch } = this.#hardware.profile;
    let members = [first];
    let npu = first.npu;
    if (first.spec.batch === null) return { members, npu };
    const mates = this.#waiting
      .filter(({ spec, ready }) => spec === first.spec && ready <= starts)
      .sort((a, b) => a.end_by - b.end_by);
    for (const mate of mates) {
      if (mate === first || members.length === BATCH_MAX) continue;
      const together = [...members, mate];
      if (!joinable(first.spec, together.map(({ inputs }) => inputs))) continue;
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
      schedule(others, ends).every(({ job, starts }) => starts + job.npu * 1e3 <= job.end_by);
  }
}

async function runTogether(engine: Engine, members: Waiting[]): Promise<Tensor[][]> {
  const [{ spec, inputs }] = members;
  if (members.length === 1) return [await engine.run(spec.name, inputs)];
  const asks = members.map((member) => member.inputs);
  const outputs = await engine.run(spec.name, joinInputs(asks));
  return splitOutputs(outputs, asks);
}
