/**
 * What one connection of a board is allowed, and what becomes of each run that it is sent: the run is
 * settled once, by an answer that fits, or without one. Whatever the board says is taken for hostile:
 * an answer counts only for a run that is under way, with just the outputs that the model gives, and
 * memory is taken only once their bytes are known to be right.
 *
 * Knows nothing of Cloudflare, sockets or timers: time and ids come in, what is to be done comes out,
 * so that tests run it through everything that a board can do.
 * @module
 */
import {
  BOARD_PROTOCOL,
  type BoardModel,
  CLOSE,
  FromBoard,
  type Hello,
  IN_FLIGHT_BYTES_MAX,
  type Measured,
  readMessage,
  type TensorHeader,
  type ToBoard,
} from "../../../contract/board.ts";
import { elementsOf, headerOf, readFrame, TensorAssembly } from "../../../contract/board-frames.ts";
import {
  elementBytes,
  type Tensor,
  tensorBytes,
  type TensorSpec,
} from "../../../contract/tensor.ts";

// Reports, and answers that come too late: all that were under way are 48 MiB. A board that sends more than
// this for nothing would keep the object awake and its isolate busy.
const UNASKED_PER_MINUTE = 300;
const UNASKED_BYTES_PER_MINUTE = 64 * 2 ** 20;
const MINUTE_MS = 60_000;
// Each BYTES element is an object of some 100 bytes, however short: they must not fill the isolate.
const BYTES_ELEMENTS_MAX = 2 ** 16;

/** A run, as a board is asked for it. */
export interface BoardRun {
  model: BoardModel;
  /** The key of an uploaded model's file in the bucket; the board is never told. */
  object?: string;
  /** In the model's order, checked against it. */
  inputs: readonly Tensor[];
  /** What the model gives for them; -1 in a shape: any size, as far as `bytes_max` lets it. */
  outputs: readonly TensorSpec[];
  /** How many bytes the outputs may have together. */
  bytes_max: number;
  /** How long the board may take, real time. */
  within_ms: number;
}

/** What became of a run: its outputs in the order that was asked for, or why there are none. */
export type BoardOutcome =
  | { ok: true; outputs: Tensor[]; measured: Measured }
  | { ok: false; why: string };

/** What the owner of the session is to do, in order. */
export type BoardEffect =
  | { kind: "say"; message: ToBoard }
  | { kind: "send"; run: string; tensors: readonly Tensor[] }
  | { kind: "settled"; run: string; outcome: BoardOutcome }
  | { kind: "greeted"; hello: Hello }
  | { kind: "reported"; temperature_k: number | null }
  | { kind: "close"; code: number; reason: string };

interface UnderWay extends BoardRun {
  ends_ms: number;
  bytes: number;
  answer: { assembly: TensorAssembly; measured: Measured } | null;
}

/** One connection of a board. Every method returns what is to be done because of it. */
export class BoardSession {
  readonly #node: string;
  readonly #runs = new Map<string, UnderWay>();
  #hello: Hello | null;
  #phase: "open" | "leaving" | "closed" = "open";
  #unasked = { since_ms: -Infinity, count: 0, bytes: 0 };

  /** @param hello as it was heard before the object hibernated; null: the board has yet to say it */
  constructor(node: string, hello: Hello | null) {
    this.#node = node;
    this.#hello = hello;
  }

  /** Runs that are under way. */
  get inFlight(): number {
    return this.#runs.size;
  }

  /** What the board says that it is; null before it has said so. */
  get hello(): Hello | null {
    return this.#hello;
  }

  /** Whether a run with so many bytes in and out would be taken. */
  takes(bytes: number): boolean {
    if (this.#hello === null || this.#phase !== "open") return false;
    const held = [...this.#runs.values()].reduce((sum, run) => sum + run.bytes, 0);
    return this.#runs.size < this.#hello.in_flight_max && held + bytes <= IN_FLIGHT_BYTES_MAX;
  }

  /**
   * Begins a run, for which takes() has been asked.
   * @param run a new UUID: one that a board has heard before would let an old answer count
   * @throws RangeError if the session does not take it: a bug of the caller
   */
  begin(run: string, request: BoardRun, now_ms: number): BoardEffect[] {
    const bytes = bytesOf(request);
    if (!this.takes(bytes)) throw new RangeError("The board takes no run now");
    const { model, inputs, outputs, within_ms } = request;
    this.#runs.set(run, { ...request, bytes, ends_ms: now_ms + within_ms, answer: null });
    const message: ToBoard = {
      type: "run",
      run,
      model,
      inputs: inputs.map(headerOf),
      outputs: outputs.map(({ name, datatype }) => ({ name, datatype })),
      within_ms,
    };
    return [{ kind: "say", message }, { kind: "send", run, tensors: inputs }];
  }

  /**
   * Where the file of a model lies that a run under way is of.
   * @returns null if there is no such run
   */
  objectOf(sha256: string): string | null {
    for (const { model, object } of this.#runs.values()) {
      if (model.kind === "uploaded" && model.sha256 === sha256) return object ?? null;
    }
    return null;
  }

  /** Takes a text frame of the board. */
  text(text: string, now_ms: number): BoardEffect[] {
    if (this.#phase === "closed") return [];
    const message = readMessage(FromBoard, text);
    if (message === null) return this.#violated("A message is none of this protocol");
    if (message.type === "hello") return this.#greet(message);
    if (this.#hello === null) return this.#violated("The first message must be hello");
    if (message.type === "report") {
      const { temperature_k } = message;
      return [{ kind: "reported", temperature_k }, ...this.#countUnasked(now_ms, text.length)];
    }
    const run = this.#runs.get(message.run);
    if (!run) return this.#countUnasked(now_ms, text.length);
    if (message.type === "failed") return this.#settle(message.run, failed(message.detail));
    if (run.answer) return this.#violated("A run was answered twice");
    const wrong = wrongOutputs(run, message.outputs);
    if (wrong !== null) return this.#violated(wrong);
    run.answer = { assembly: new TensorAssembly(message.outputs), measured: message.measured };
    return this.#settleIfComplete(message.run, run);
  }

  /** Takes a binary frame of the board. */
  binary(frame: Uint8Array<ArrayBuffer>, now_ms: number): BoardEffect[] {
    if (this.#phase === "closed") return [];
    const read = readFrame(frame);
    if (read === null) return this.#violated("A binary frame has no piece of a run's data");
    const run = this.#runs.get(read.run);
    if (!run) return this.#countUnasked(now_ms, frame.length);
    if (!run.answer) return this.#violated("Data came before the result that it is of");
    if (!run.answer.assembly.add(read.piece)) return this.#violated("More data came than was told");
    return this.#settleIfComplete(read.run, run);
  }

  /** When expire() is to be called; Infinity while no run is under way. */
  get due_ms(): number {
    return Math.min(Infinity, ...[...this.#runs.values()].map(({ ends_ms }) => ends_ms));
  }

  /** Gives up the runs whose time is over. */
  expire(now_ms: number): BoardEffect[] {
    const late = [...this.#runs].filter(([, { ends_ms }]) => ends_ms <= now_ms);
    return late.flatMap(([run]): BoardEffect[] => [
      { kind: "say", message: { type: "cancel", run } },
      ...this.#settle(run, failed("The board did not answer in time")),
    ]);
  }

  /** Takes no more runs, since another object serves the node; those under way go on. */
  leave(): BoardEffect[] {
    if (this.#phase !== "open") return [];
    this.#phase = "leaving";
    return [{ kind: "say", message: { type: "moved" } }, ...this.#closeIfLeft()];
  }

  /** Ends the session: its socket has gone, or is to be closed with a code of CLOSE. */
  end(why: string, code?: number): BoardEffect[] {
    if (this.#phase === "closed") return [];
    this.#phase = "closed";
    const settled = [...this.#runs.keys()].flatMap((run) => this.#settle(run, failed(why)));
    return code === undefined ? settled : [...settled, { kind: "close", code, reason: why }];
  }

  #greet(hello: Hello): BoardEffect[] {
    if (this.#hello !== null) return this.#violated("Hello was said twice");
    if (hello.protocol !== BOARD_PROTOCOL) {
      return this.#violated(`The mesh speaks protocol ${BOARD_PROTOCOL}, not ${hello.protocol}`);
    }
    this.#hello = hello;
    const welcome = { type: "welcome", protocol: BOARD_PROTOCOL, node: this.#node } as const;
    return [{ kind: "say", message: welcome }, { kind: "greeted", hello }];
  }

  #settleIfComplete(id: string, { answer }: UnderWay): BoardEffect[] {
    if (!answer?.assembly.isComplete) return [];
    const outputs = answer.assembly.tensors();
    if (outputs === null) return this.#violated("BYTES elements do not fit their tensor");
    return this.#settle(id, { ok: true, outputs, measured: answer.measured });
  }

  #settle(run: string, outcome: BoardOutcome): BoardEffect[] {
    this.#runs.delete(run);
    return [{ kind: "settled", run, outcome }, ...this.#closeIfLeft()];
  }

  #closeIfLeft(): BoardEffect[] {
    if (this.#phase !== "leaving" || this.#runs.size > 0) return [];
    this.#phase = "closed";
    return [{ kind: "close", code: CLOSE.moved, reason: "Another object serves the node" }];
  }

  #violated(reason: string): BoardEffect[] {
    return this.end(reason, CLOSE.protocol);
  }

  /** Counts what nobody asked for; whoever sends too much of it is cut off. */
  #countUnasked(now_ms: number, bytes: number): BoardEffect[] {
    const { since_ms } = this.#unasked;
    const sameMinute = now_ms >= since_ms && now_ms < since_ms + MINUTE_MS;
    if (!sameMinute) this.#unasked = { since_ms: now_ms, count: 0, bytes: 0 };
    this.#unasked.count++;
    this.#unasked.bytes += bytes;
    return this.#unasked.count > UNASKED_PER_MINUTE ||
        this.#unasked.bytes > UNASKED_BYTES_PER_MINUTE
      ? this.#violated("Too much came that nobody asked for")
      : [];
  }
}

const failed = (why: string): BoardOutcome => ({ ok: false, why });

/** What a run may hold in memory: its inputs, and the largest outputs that it may have. */
export const bytesOf = ({ inputs, bytes_max }: Pick<BoardRun, "inputs" | "bytes_max">): number =>
  inputs.reduce((sum, input) => sum + tensorBytes(input), bytes_max);

/** Why outputs are not those that the model gives, as a sentence without its full stop; null: they are. */
function wrongOutputs(
  { outputs, bytes_max }: BoardRun,
  answered: readonly TensorHeader[],
): string | null {
  if (answered.length !== outputs.length) {
    return `The model has ${outputs.length} outputs, not ${answered.length}`;
  }
  let bytes = 0;
  for (const [i, { name, datatype, shape }] of outputs.entries()) {
    const one = answered[i];
    if (one.name !== name || one.datatype !== datatype) {
      return `Output ${i} is ${name} of ${datatype}`;
    }
    const fits = one.shape.length === shape.length &&
      shape.every((size, axis) => size === -1 || size === one.shape[axis]);
    if (!fits) return `Output "${name}" has shape [${shape}], not [${one.shape}]`;
    const element = elementBytes(datatype);
    const elements = elementsOf(one.shape);
    if (element === null && elements > BYTES_ELEMENTS_MAX) {
      return `Output "${name}" may have ${BYTES_ELEMENTS_MAX} elements, not ${elements}`;
    }
    // Each BYTES element has its length before it.
    const least = elements * (element ?? 4);
    if (element === null ? one.bytes < least : one.bytes !== least) {
      return `Output "${name}" of shape [${one.shape}] does not have ${one.bytes} bytes`;
    }
    bytes += one.bytes;
  }
  return bytes <= bytes_max ? null : `The outputs may have ${bytes_max} bytes, not ${bytes}`;
}
