/**
 * Reads the body of an inference as it arrives: tensors straight into typed arrays, all else bounded.
 *
 * The text is never held as a whole. A tensor takes memory once its name, datatype and shape are known
 * and the model takes them; fields that the protocol does not know are skipped, and cost nothing but
 * their reading. A client that writes `data` before `shape` has that one array's text kept until then.
 * Where the JSON is followed by tensors as bytes, binary-tail.ts reads those.
 * Not its job: the schema of what is not a tensor (oip.ts), what a model takes (models/).
 * @module
 */
import type { Tensor } from "../tensor.ts";
import { BinaryTail, type Expected } from "./binary-tail.ts";
import { InvalidBody } from "./invalid-body.ts";
import { type JsonListener, JsonReader, type Literal } from "./json-tokens.ts";
import { SmallValue } from "./small-value.ts";
import {
  checkBinarySize,
  type Input,
  type ModelInputs,
  TensorAdmission,
} from "./tensor-admission.ts";
import { TensorSink } from "./tensor-sink.ts";

/** The body as its schema checks it: `data` that was an array, or came as bytes, is an empty array here. */
export interface ReadBody {
  fields: unknown;
  /** By the input's name. An input that the schema will refuse has no tensor here. */
  tensors: ReadonlyMap<string, Tensor>;
}

// How many values a body may hold beside its tensors, so that a body of millions is refused before they
// are built and checked. Names, shapes and parameters of 64 inputs and outputs take a tenth of this.
export const VALUES_MAX = 8_192;
const INPUTS_MAX = 64;
// A policy with areas, as text.
const STRING_BYTES_MAX = 2 ** 20 + 65_536;

const enum Level {
  Outside,
  Body,
  Inputs,
  Input,
}

/** Reads one body: call write() with each chunk, in order, then end(). After a throw, drop the reader. */
export class InferBodyReader {
  readonly #admission: TensorAdmission;
  readonly #reader: JsonReader;
  readonly #json_bytes: number | null;
  /** How many bytes have come. */
  #read = 0;
  /** Reads what follows the JSON; null until that has ended. */
  #tail: Pick<BinaryTail, "write" | "end"> | null = null;
  readonly #body: Record<string, unknown> = {};
  readonly #tensors = new Map<string, Tensor>();
  /** The whole body, if it is not an object: the schema then says so. */
  #whole: SmallValue | null = null;
  #level: Level = Level.Outside;
  #key = "";
  #values = 0;
  #inputs: unknown[] = [];
  #input: Input = {};
  /** Builds the value that is being read, until it ends; null: no small value is being read. */
  #small: SmallValue | null = null;
  #sink: TensorSink | null = null;
  #skipping = 0;
  /** Whether the value that is being skipped is a tensor's data, whose values are not counted. */
  #isData = false;
  #recording = false;
  #recorded: Uint8Array[] | null = null;
  /** Data that came before it was known what it is, and who reads it. */
  readonly #replays: { sink: TensorSink; parts: Uint8Array[] }[] = [];
  /** The inputs that come as bytes behind the JSON. */
  readonly #expected: Expected[] = [];
  /** The schema will refuse one of those: nobody can tell what the bytes are, and they are not held. */
  #isUnclear = false;

  /** @param json_bytes how long the JSON is, where tensors follow it as bytes; null: all of the body is JSON */
  constructor(takes: ModelInputs, json_bytes: number | null = null) {
    this.#admission = new TensorAdmission(takes);
    this.#json_bytes = json_bytes;
    this.#reader = new JsonReader(this.#listener());
  }

  /** The JSON has ended, and what comes are bytes of tensors. */
  get isBinary(): boolean {
    return this.#tail !== null;
  }

  /**
   * Reads on.
   * @param chunk the next bytes of the body, cut anywhere; read during the call only
   * @throws SyntaxError if it is no JSON; InvalidBody if it is none of an inference that the model takes
   */
  write(chunk: Uint8Array): void {
    const left = (this.#json_bytes ?? Infinity) - this.#read;
    this.#read += chunk.length;
    if (left > 0) this.#reader.write(chunk.subarray(0, left));
    if (left > chunk.length) return;
    this.#tail ??= this.#beginTail();
    if (left < chunk.length) this.#tail.write(chunk.subarray(Math.max(0, left)));
  }

  /**
   * Ends the reading.
   * @throws SyntaxError if the text is not at its end; InvalidBody as write() does
   */
  end(): ReadBody {
    for (const _ of this.replay());
    if (!this.#tail) {
      if (this.#json_bytes !== null) {
        throw new InvalidBody(
          `The body ends after ${this.#read} of the ${this.#json_bytes} bytes that its JSON should have`,
        );
      }
      this.#reader.end();
    }
    for (const tensor of this.#tail?.end() ?? []) this.#tensors.set(tensor.name, tensor);
    return { fields: this.#whole ? this.#whole.value : this.#body, tensors: this.#tensors };
  }

  #listener(): JsonListener {
    return {
      key: (key) => {
        if (this.#small) this.#small.key(key);
        else this.#key = key;
      },
      open: (kind) => this.#open(kind),
      close: (kind) => this.#close(kind),
      literal: (value) => this.#sink ? this.#sink.literal(value) : this.#scalar(value),
      string: (value) => this.#sink ? this.#sink.string(value) : this.#scalar(value),
      number: (value, bytes, from, to) =>
        this.#sink ? this.#sink.number(value, bytes, from, to) : this.#scalar(value),
      takesRuns: () => this.#sink?.takesRuns() ?? false,
      numbers: (values) => this.#sink!.numbers(values),
      // What is kept for later is not known to be a tensor's yet: who reads it then, says so.
      takesNonFinite: () => this.#sink !== null || this.#isData,
      nonFinite: (value) => this.#sink?.nonFinite(value),
      stringBytesMax: () => this.#sink ? this.#sink.stringBytesMax() : STRING_BYTES_MAX,
    };
  }

  #open(kind: "object" | "array"): void {
    if (this.#sink) return this.#sink.open(kind);
    if (this.#skipping > 0) {
      if (!this.#isData) this.#count();
      this.#skipping++;
      return;
    }
    this.#count();
    if (this.#small) return this.#small.open(kind);
    if (this.#level === Level.Outside && kind === "object") this.#level = Level.Body;
    else if (this.#level === Level.Body && this.#key === "inputs" && kind === "array") {
      this.#once(this.#body, "inputs");
      this.#body.inputs = this.#inputs = [];
      this.#level = Level.Inputs;
    } else if (this.#level === Level.Inputs && kind === "object") {
      if (this.#inputs.length === INPUTS_MAX) {
        throw new InvalidBody(`#/inputs: must have at most ${INPUTS_MAX} items`);
      }
      this.#inputs.push(this.#input = {});
      this.#level = Level.Input;
    } else if (this.#level === Level.Input && this.#key === "data" && kind === "array") {
      this.#openData();
    } else if (this.#isKept()) this.#begin().open(kind);
    else this.#skipping = 1;
  }

  #close(kind: "object" | "array"): void {
    if (this.#sink) {
      this.#sink.close(kind);
      if (this.#sink.done) this.#endTensor();
    } else if (this.#skipping > 0) {
      if (--this.#skipping > 0) return;
      if (this.#recording) this.#recorded = this.#reader.stopRecording();
      this.#isData = this.#recording = false;
    } else if (this.#small) {
      this.#small.close();
      if (this.#small.done) this.#endSmall();
    } else {
      if (this.#level === Level.Input) this.#endInput();
      this.#level--;
    }
  }

  #scalar(value: Literal | string | number): void {
    if (this.#isData) return;
    this.#count();
    if (this.#skipping > 0) return;
    if (this.#small) return this.#small.add(value);
    if (!this.#isKept()) return;
    this.#begin().add(value);
    this.#endSmall();
  }

  /** Whether the schema looks at the field of this key. All others are skipped. */
  #isKept(): boolean {
    if (this.#level === Level.Body) return BODY_FIELDS.has(this.#key);
    if (this.#level === Level.Input) return INPUT_FIELDS.has(this.#key);
    return true;
  }

  #begin(): SmallValue {
    return this.#small = new SmallValue();
  }

  #endSmall(): void {
    const small = this.#small!;
    this.#small = null;
    if (this.#level === Level.Outside) this.#whole = small;
    else if (this.#level === Level.Body) this.#body[this.#key] = small.value;
    else if (this.#level === Level.Inputs) this.#inputs.push(small.value);
    else this.#input[this.#key] = small.value;
  }

  #openData(): void {
    this.#once(this.#input, "data");
    this.#input.data = [];
    const { name, datatype, shape } = this.#input;
    const isKnown = name !== undefined && datatype !== undefined && shape !== undefined;
    this.#sink = isKnown ? this.#sinkFor(this.#input) : null;
    if (this.#sink) return this.#sink.open("array");
    // If name, datatype or shape is still to come, the text of the elements is kept until then. If not,
    // the schema will refuse this input, and the elements are skipped.
    this.#skipping = 1;
    this.#isData = true;
    this.#recording = !isKnown;
    if (this.#recording) this.#reader.startRecording();
  }

  /** @returns null where the schema will say what is wrong */
  #sinkFor(input: Input): TensorSink | null {
    const head = this.#admission.admit(input);
    return head && new TensorSink(head);
  }

  #endTensor(): void {
    const tensor = this.#sink!.tensor();
    this.#sink = null;
    this.#tensors.set(tensor.name, tensor);
  }

  /** Ends an input. If its `data` came before its name, datatype or shape, the kept text is to be read. */
  #endInput(): void {
    if (binarySizeOf(this.#input) !== undefined) this.#expectBinary(this.#input);
    const parts = this.#recorded;
    this.#recorded = null;
    const sink = parts && this.#sinkFor(this.#input);
    if (sink) this.#replays.push({ sink, parts });
  }

  #expectBinary(input: Input): void {
    const called = typeof input.name === "string" ? `Input "${input.name}"` : "An input";
    if (input.data !== undefined) {
      throw new InvalidBody(`${called} has both data and binary_data_size`);
    }
    if (this.#json_bytes === null) {
      throw new InvalidBody(
        `${called} has binary_data_size, but there is no header Inference-Header-Content-Length`,
      );
    }
    input.data = [];
    const head = this.#admission.admit(input);
    if (!head) {
      this.#isUnclear = true;
      return;
    }
    const bytes = binarySizeOf(input);
    checkBinarySize(head, bytes);
    this.#expected.push({ head, bytes });
  }

  #beginTail(): Pick<BinaryTail, "write" | "end"> {
    this.#reader.end();
    return this.#isUnclear ? NO_TAIL : new BinaryTail(this.#expected);
  }

  /**
   * Reads the data that came before it was known what it is, a part of some 64 kB at each step: between
   * two of them others may be served. Call it after the last write(), to its end, before end().
   * @throws as write() does
   */
  *replay(): Generator<void> {
    for (const { sink, parts } of this.#replays.splice(0)) {
      const reader = new JsonReader(sink);
      for (const part of parts.splice(0)) {
        reader.write(part);
        yield;
      }
      reader.end();
      const tensor = sink.tensor();
      this.#tensors.set(tensor.name, tensor);
    }
  }

  #once(fields: object, name: string): void {
    if (Object.hasOwn(fields, name)) throw new InvalidBody(`The field "${name}" is there twice`);
  }

  #count(): void {
    if (++this.#values > VALUES_MAX) {
      throw new InvalidBody(`The body has more than ${VALUES_MAX} values beside its tensors' data`);
    }
  }
}

const BODY_FIELDS = new Set(["id", "parameters", "inputs", "outputs"]);
const INPUT_FIELDS = new Set(["name", "shape", "datatype", "parameters", "data"]);

/** An input's `binary_data_size`, whatever it is; undefined: it has none. */
function binarySizeOf({ parameters }: Input): unknown {
  return typeof parameters === "object" && parameters !== null
    ? (parameters as Record<string, unknown>).binary_data_size
    : undefined;
}

const NO_TAIL = { write() {}, end: () => [] };
