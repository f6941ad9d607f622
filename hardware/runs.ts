/**
 * The runs that a board was sent over one connection: takes their inputs as they come in frames, runs
 * them one after another, so that what is measured meanwhile is theirs, and says what came of each.
 * @module
 */
import { type FromBoard, IN_FLIGHT_BYTES_MAX, type ToBoard } from "../contract/board.ts";
import { framesOf, headerOf, readFrame, TensorAssembly } from "../contract/board-frames.ts";
import { freeTensors, type Tensor } from "../contract/tensor.ts";
import type { Runner } from "./runner.ts";
import type { Sensors } from "./sensors.ts";

const DETAIL_CHARS_MAX = 256;

type Run = Extract<ToBoard, { type: "run" }>;

interface UnderWay {
  run: Run;
  assembly: TensorAssembly;
  bytes: number;
  begun: boolean;
}

/** What the runs need of their connection and of the machine. */
export interface RunPorts {
  runner: Runner;
  sensors: Sensors;
  send(frame: string | Uint8Array): void;
}

/** The runs of one connection. */
export class Runs {
  readonly #ports: RunPorts;
  readonly #underWay = new Map<string, UnderWay>();
  #last: Promise<void> = Promise.resolve();

  constructor(ports: RunPorts) {
    this.#ports = ports;
  }

  /** Takes a run in; it begins when its inputs are there. */
  take(run: Run): void {
    const bytes = run.inputs.reduce((sum, input) => sum + input.bytes, 0);
    const held = [...this.#underWay.values()].reduce((sum, one) => sum + one.bytes, 0);
    // The mesh does not send more; what claims to be the mesh must not fill the machine either.
    if (held + bytes > IN_FLIGHT_BYTES_MAX) return this.#fail(run.run, "The board has no room");
    const one = { run, bytes, assembly: new TensorAssembly(run.inputs), begun: false };
    this.#underWay.set(run.run, one);
    this.#beginIfComplete(one);
  }

  /** Takes a frame with a piece of a run's inputs; one of a run that is not here is dropped. */
  frame(frame: Uint8Array<ArrayBuffer>): void {
    const read = readFrame(frame);
    const one = read && this.#underWay.get(read.run);
    if (!read || !one || one.begun) return;
    if (!one.assembly.add(read.piece)) {
      return this.#fail(read.run, "The inputs are longer than was told");
    }
    this.#beginIfComplete(one);
  }

  /** Drops a run: nobody waits for it. One that has begun goes on, and its answer is not sent. */
  cancel(run: string): void {
    this.#underWay.delete(run);
  }

  #beginIfComplete(one: UnderWay): void {
    if (!one.assembly.isComplete) return;
    one.begun = true;
    this.#last = this.#last.then(() => this.#run(one));
  }

  async #run({ run, assembly }: UnderWay): Promise<void> {
    if (!this.#underWay.has(run.run)) return;
    const { runner, sensors } = this.#ports;
    try {
      const inputs = assembly.tensors();
      if (!inputs) throw new Error("The inputs are not what was told");
      const runModel = await runner.load(run.model);
      const energy = sensors.energy();
      const began = performance.now();
      const outputs = await runModel(inputs, run.outputs);
      const wall_ms = performance.now() - began;
      const measured = {
        wall_ms,
        energy_j: energy(wall_ms),
        energy_source: sensors.energy_source,
        temperature_k: sensors.temperature(),
      };
      if (this.#underWay.delete(run.run)) this.#answer(run.run, outputs, measured);
      // The next run's outputs come to lie in memory that the system need not clear first.
      freeTensors([...inputs, ...outputs]);
    } catch (error) {
      this.#fail(run.run, (error as Error).message);
    }
  }

  #answer(
    run: string,
    outputs: Tensor[],
    measured: Extract<FromBoard, { type: "result" }>["measured"],
  ): void {
    this.#say({ type: "result", run, outputs: outputs.map(headerOf), measured });
    for (const frame of framesOf(run, outputs)) this.#ports.send(frame);
  }

  #fail(run: string, detail: string): void {
    this.#underWay.delete(run);
    this.#say({ type: "failed", run, detail: detail.slice(0, DETAIL_CHARS_MAX) });
  }

  #say(message: FromBoard): void {
    this.#ports.send(JSON.stringify(message));
  }
}
