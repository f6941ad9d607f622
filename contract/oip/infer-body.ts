/**
 * Reads the body of an inference as it arrives: tensors straight into typed arrays, all else bounded.
 *
 * The text is never held as a whole. A tensor takes memory once its name, datatype and shape are known
 * and the model takes them; fields that the protocol does not know are skipped, and cost nothing but
 * their reading. A client that writes `data` before `shape` has that one array's text kept until then.
 * Not its job: the schema of what is not a tensor (oip.ts), what a model takes (models/).
 * @module
 */
import { type Datatype, DATATYPES, type Tensor } from "../tensor.ts";
import { InvalidBody } from "./invalid-body.ts";
import { type JsonListener, JsonReader, type Literal } from "./json-tokens.ts";
import { SmallValue } from "./small-value.ts";
import { TensorSink } from "./tensor-sink.ts";

/** What the model that is asked takes. */
export interface ModelInputs {
  model: string;
  inputs: readonly { name: string; datatype: Datatype }[];
  /** Why the model cannot take a tensor of this shape there, as a sentence; null: it can. */
  wrongShape(input: string, shape: number[]): string | null;
}

/** The body as its schema checks it: each `data` that was an array is an empty one here. */
export interface ReadBody {
  fields: unknown;
  /** By the input's name. An input that the schema will refuse has no tensor here. */
  tensors: ReadonlyMap<string, Tensor>;
}

// How many values a body may hold beside its tensors, so that a body of millions is refused before they
// are built and checked. Names, shapes and parameters of 64 inputs and outputs take a tenth of this.
export const VALUES_MAX = 8_192;
const INPUTS_MAX = 64;
const AXES_MAX = 8;
const SIZE_MAX = 2 ** 31;
// The limit for every model, as an isolate has no memory for more.
const ELEMENTS_MAX = 2 ** 25;
// A policy with areas, as text.
const STRING_BYTES_MAX = 2 ** 20 + 65_536;

type Input = Record<string, unknown>;

const enum Level {
  Outside,
  Body,
  Inputs,
  Input,
}

/** Reads one body: call write() with each chunk, in order, then end(). After a throw, drop the reader. */
export class InferBodyReader {
  readonly #takes: ModelInputs;
  readonly #reader: JsonReader;
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
  /** Of the inputs whose data is read, or will be. */
  readonly #names = new Set<string>();

  constructor(takes: ModelInputs) {
    this.#takes = takes;
    this.#reader = new JsonReader(this.#listener());
  }

  /**
   * Reads on.
   * @param chunk the next bytes of the body, cut anywhere; read during the call only
   * @throws SyntaxError if it is no JSON; InvalidBody if it is none of an inference that the model takes
   */
  write(chunk: Uint8Array): void {
    this.#reader.write(chunk);
  }

  /**
   * Ends the reading.
   * @throws SyntaxError if the text is not at its end; InvalidBody as write() does
   */
  end(): ReadBody {
    for (const _ of this.replay());
    this.#reader.end();
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
  #sinkFor({ name, datatype, shape }: Input): TensorSink | null {
    const isShape = Array.isArray(shape) && shape.length <= AXES_MAX &&
      shape.every((size) => Number.isInteger(size) && size >= 0 && size <= SIZE_MAX);
    if (typeof name !== "string" || !isDatatype(datatype) || !isShape) return null;
    const { model, inputs, wrongShape } = this.#takes;
    const input = inputs.find((one) => one.name === name);
    if (!input) {
      const takes = inputs.map((one) => one.name).join(", ");
      throw new InvalidBody(`Model "${model}" has no input "${name}": it takes ${takes}`);
    }
    if (this.#names.has(name)) throw new InvalidBody("Two inputs have one name");
    if (datatype !== input.datatype) {
      throw new InvalidBody(
        `Input "${name}" has datatype ${datatype}: it must be ${input.datatype}`,
      );
    }
    const wrong = wrongShape(name, shape);
    if (wrong) throw new InvalidBody(wrong);
    const elements = shape.reduce((product, size) => product * size, 1);
    if (elements > ELEMENTS_MAX) {
      throw new InvalidBody(`Input "${name}" has ${elements} elements: at most ${ELEMENTS_MAX}`);
    }
    this.#names.add(name);
    return new TensorSink({ name, datatype, shape });
  }

  #endTensor(): void {
    const tensor = this.#sink!.tensor();
    this.#sink = null;
    this.#tensors.set(tensor.name, tensor);
  }

  /** Ends an input. If its `data` came before its name, datatype or shape, reads the kept text now. */
  #endInput(): void {
    const parts = this.#recorded;
    this.#recorded = null;
    const sink = parts && this.#sinkFor(this.#input);
    if (sink) this.#replays.push({ sink, parts });
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

const isDatatype = (value: unknown): value is Datatype =>
  (DATATYPES as readonly unknown[]).includes(value);
