/**
 * Reads JSON as its bytes arrive: a push parser that holds one token, never the text.
 *
 * It passes each token to its listener as soon as it has read it. If the listener throws, the reading
 * ends: so work and memory are bounded by what the listener takes, not by what a caller sends.
 * Not its job: what the tokens mean (infer-body.ts).
 * @module
 */

export type Literal = true | false | null;

/** What Python and Triton's client write for numbers that JSON has not. */
export type NonFinite = "NaN" | "Infinity" | "-Infinity";

/** Hears each token in its order. What a method throws, `write()` throws. */
export interface JsonListener {
  /** The next value of an object belongs to this key. */
  key(key: string): void;
  open(kind: "object" | "array"): void;
  close(kind: "object" | "array"): void;
  literal(value: Literal): void;
  /** Whether a bare NaN, Infinity or -Infinity may stand here, as JSON has it nowhere. */
  takesNonFinite?(): boolean;
  /** Called where takesNonFinite() says so. */
  nonFinite?(value: number): void;
  string(value: string): void;
  /**
   * A number. Its text is `bytes` from `from` to `to`, ASCII, for a listener that needs every digit; the
   * bytes are valid during this call only.
   */
  number(value: number, bytes: Uint8Array, from: number, to: number): void;
  /**
   * Several numbers of one array at once, in their order. It is called instead of number() while
   * takesRuns() says so: JSON.parse reads a run ten times as fast as a loop over its digits.
   */
  numbers?(values: number[]): void;
  takesRuns?(): boolean;
  /** How many bytes a string may have here. A longer one is refused before its end has come. */
  stringBytesMax(): number;
}

// Deep enough for any request; deeper text would make every listener recurse.
export const DEPTH_MAX = 32;
// No number needs more; one of megabytes would be held and converted for nothing.
const NUMBER_BYTES_MAX = 512;
const KEY_BYTES_MAX = 1_024;
// "-Infinity"; a longer word is none.
const WORD_BYTES_MAX = 9;
// Below this a run is not worth a call of the parser.
const RUN_BYTES_MIN = 64;

const enum State {
  Value,
  ValueOrEnd,
  KeyOrEnd,
  Key,
  Colon,
  CommaOrEnd,
  String,
  Escape,
  Number,
  Word,
  Done,
}

const QUOTE = 0x22, BACKSLASH = 0x5c, COMMA = 0x2c, COLON = 0x3a, MINUS = 0x2d, DOT = 0x2e;
const OPEN_ARRAY = 0x5b, CLOSE_ARRAY = 0x5d, OPEN_OBJECT = 0x7b, CLOSE_OBJECT = 0x7d;
const ZERO = 0x30, NINE = 0x39, LETTER_I = 0x49;

// Exact as doubles: a number of at most 15 digits times or over one of these is rounded once, so it is
// the nearest double (W. D. Clinger, How to read floating point numbers accurately, 1990).
const POWERS = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

export class JsonReader {
  readonly #listener: JsonListener;
  #state: State = State.Value;
  #isKey = false;
  readonly #kinds = new Uint8Array(DEPTH_MAX);
  #depth = 0;
  /** Bytes of the text before the chunk in hand. */
  #before = 0;
  #scratch = new Uint8Array(256);
  #held = 0;
  /** Before this offset in the chunk in hand no run is tried: the one there was too short, or wrong. */
  #spoiled = 0;
  /** Offset in the chunk in hand of the token that the listener hears. */
  #at = 0;
  #chunk: Uint8Array = new Uint8Array(0);
  #record: { from: number; parts: Uint8Array[] } | null = null;

  constructor(listener: JsonListener) {
    this.#listener = listener;
  }

  /** How many arrays and objects are open. */
  get depth(): number {
    return this.#depth;
  }

  /** @throws SyntaxError what is wrong with the text, and at which byte; and what the listener throws */
  write(chunk: Uint8Array): void {
    let at = 0;
    this.#chunk = chunk;
    this.#spoiled = 0;
    if (this.#before === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) at = 3;
    while (at < chunk.length) at = this.#step(chunk, at);
    this.#before += chunk.length;
    this.#keep(chunk, chunk.length);
  }

  /** Keeps the bytes from the array or object on that opens just now: for a listener, in `open()`. */
  startRecording(): void {
    this.#record = { from: this.#at, parts: [] };
  }

  /** @returns the bytes up to the one that closes just now: for a listener, in `close()` */
  stopRecording(): Uint8Array[] {
    const { parts } = this.#record!;
    this.#keep(this.#chunk, this.#at + 1);
    this.#record = null;
    return parts;
  }

  #keep(chunk: Uint8Array, to: number): void {
    if (!this.#record) return;
    const { from, parts } = this.#record;
    parts.push(chunk.slice(from, to));
    this.#record.from = 0;
  }

  /** @throws SyntaxError if the text is not at its end */
  end(): void {
    if (this.#state === State.Number && this.#depth === 0) this.#endNumber(0);
    if (this.#state === State.Word && this.#depth === 0) this.#endWord(0);
    if (this.#state === State.Done) return;
    throw new SyntaxError(
      this.#before === 0
        ? "Unexpected end of JSON input"
        : `It ends early, at byte ${this.#before}`,
    );
  }

  /** Takes at least one byte, or changes the state. @returns the offset behind what it took */
  #step(chunk: Uint8Array, from: number): number {
    switch (this.#state) {
      case State.String:
      case State.Escape:
        return this.#onString(chunk, from);
      case State.Number:
        return this.#onNumber(chunk, from);
      case State.Word:
        return this.#onWord(chunk, from);
    }
    let at = from;
    while (at < chunk.length && isSpace(chunk[at])) at++;
    if (at === chunk.length) return at;
    const byte = chunk[at];
    switch (this.#state) {
      case State.Value:
        return this.#onRun(chunk, at) ?? this.#onValue(chunk, at);
      case State.ValueOrEnd:
        if (byte === CLOSE_ARRAY) return this.#close(at);
        return this.#onRun(chunk, at) ?? this.#onValue(chunk, at);
      case State.KeyOrEnd:
      case State.Key:
        if (byte === CLOSE_OBJECT && this.#state === State.KeyOrEnd) return this.#close(at);
        if (byte !== QUOTE) throw this.#unexpected(byte, at);
        this.#isKey = true;
        this.#state = State.String;
        return at + 1;
      case State.Colon:
        if (byte !== COLON) throw this.#unexpected(byte, at);
        this.#state = State.Value;
        return at + 1;
      case State.CommaOrEnd: {
        const isArray = this.#kinds[this.#depth - 1] === OPEN_ARRAY;
        if (byte === COMMA) {
          this.#state = isArray ? State.Value : State.Key;
          return at + 1;
        }
        if (byte === (isArray ? CLOSE_ARRAY : CLOSE_OBJECT)) return this.#close(at);
        throw this.#unexpected(byte, at);
      }
      default:
        throw this.#unexpected(byte, at);
    }
  }

  #onValue(chunk: Uint8Array, at: number): number {
    const byte = chunk[at];
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      this.#state = State.Number;
      return this.#onNumber(chunk, at);
    }
    if (byte === QUOTE) {
      this.#isKey = false;
      this.#state = State.String;
      return at + 1;
    }
    if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (this.#depth === DEPTH_MAX) {
        throw new SyntaxError(
          `It is nested deeper than ${DEPTH_MAX}, at byte ${this.#before + at}`,
        );
      }
      this.#kinds[this.#depth++] = byte;
      this.#state = byte === OPEN_ARRAY ? State.ValueOrEnd : State.KeyOrEnd;
      this.#at = at;
      this.#listener.open(byte === OPEN_ARRAY ? "array" : "object");
      return at + 1;
    }
    if (isLetter(byte)) {
      this.#state = State.Word;
      return this.#onWord(chunk, at);
    }
    throw this.#unexpected(byte, at);
  }

  /** @returns the offset behind a run of numbers and their commas; null: token by token, then */
  #onRun(chunk: Uint8Array, from: number): number | null {
    const listener = this.#listener;
    if (
      from < this.#spoiled || !listener.takesRuns?.() || this.#kinds[this.#depth - 1] !== OPEN_ARRAY
    ) return null;
    let end = from;
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === COMMA) end = at;
      else if (!isOfNumber(byte) && !isSpace(byte)) break;
    }
    if (end - from < RUN_BYTES_MIN) {
      this.#spoiled = end;
      return null;
    }
    let values: number[];
    try {
      values = JSON.parse(`[${utf8.decode(chunk.subarray(from, end))}]`);
    } catch {
      // Something in the run is wrong. Reading it token by token tells what, without trying a run again.
      this.#spoiled = end;
      return null;
    }
    this.#state = State.Value;
    listener.numbers!(values);
    return end + 1;
  }

  #close(at: number): number {
    const kind = this.#kinds[--this.#depth] === OPEN_ARRAY ? "array" : "object";
    this.#afterValue();
    this.#at = at;
    this.#listener.close(kind);
    return at + 1;
  }

  #afterValue(): void {
    this.#state = this.#depth === 0 ? State.Done : State.CommaOrEnd;
  }

  #onString(chunk: Uint8Array, from: number): number {
    let at = from;
    if (this.#state === State.Escape) {
      at++;
      this.#state = State.String;
    }
    while (at < chunk.length && chunk[at] !== QUOTE) at += chunk[at] === BACKSLASH ? 2 : 1;
    const end = Math.min(at, chunk.length);
    this.#hold(chunk, from, end, this.#isKey ? KEY_BYTES_MAX : this.#listener.stringBytesMax());
    if (at > chunk.length) this.#state = State.Escape;
    if (at >= chunk.length) return chunk.length;
    const value = this.#string(at);
    if (this.#isKey) {
      this.#state = State.Colon;
      this.#listener.key(value);
    } else {
      this.#afterValue();
      this.#listener.string(value);
    }
    return at + 1;
  }

  #string(at: number): string {
    const bytes = this.#scratch.subarray(0, this.#held);
    this.#held = 0;
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch {
      throw new SyntaxError(`A string is not UTF-8, before byte ${this.#before + at}`);
    }
    // deno-lint-ignore no-control-regex
    if (!/[\\\x00-\x1f]/.test(text)) return text;
    try {
      return JSON.parse(`"${text}"`);
    } catch {
      throw new SyntaxError(`A string is not written as JSON, before byte ${this.#before + at}`);
    }
  }

  #onNumber(chunk: Uint8Array, from: number): number {
    if (chunk[from] === LETTER_I && this.#isMinus()) {
      this.#state = State.Word;
      return this.#onWord(chunk, from);
    }
    let at = from;
    while (at < chunk.length && isOfNumber(chunk[at])) at++;
    const isWord = chunk[at] === LETTER_I && at === from + 1 && chunk[from] === MINUS;
    if (at < chunk.length && this.#held === 0 && !isWord) {
      this.#emitNumber(chunk, from, at, at);
      return at;
    }
    this.#hold(chunk, from, at, NUMBER_BYTES_MAX);
    // The I of -Infinity is read with what is held, in the next step.
    if (at < chunk.length && !(chunk[at] === LETTER_I && this.#isMinus())) this.#endNumber(at);
    return at;
  }

  #isMinus(): boolean {
    return this.#held === 1 && this.#scratch[0] === MINUS;
  }

  #endNumber(at: number): void {
    const end = this.#held;
    this.#held = 0;
    this.#emitNumber(this.#scratch, 0, end, at);
  }

  #emitNumber(bytes: Uint8Array, from: number, to: number, at: number): void {
    if (to - from > NUMBER_BYTES_MAX) throw this.#tooLong(NUMBER_BYTES_MAX);
    const value = numberOf(bytes, from, to);
    if (value === null) throw new SyntaxError(`No number ends at byte ${this.#before + at}`);
    this.#afterValue();
    this.#listener.number(value, bytes, from, to);
  }

  #onWord(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && isLetter(chunk[at])) at++;
    this.#hold(chunk, from, at, WORD_BYTES_MAX);
    if (at < chunk.length) this.#endWord(at);
    return at;
  }

  #endWord(at: number): void {
    const word = ascii(this.#scratch, 0, this.#held);
    this.#held = 0;
    if (LITERALS.has(word)) {
      this.#afterValue();
      this.#listener.literal(LITERALS.get(word)!);
    } else if (NON_FINITE.has(word) && this.#listener.takesNonFinite?.()) {
      this.#afterValue();
      this.#listener.nonFinite!(Number(word));
    } else throw new SyntaxError(`Unexpected word "${word}" before byte ${this.#before + at}`);
  }

  #hold(chunk: Uint8Array, from: number, to: number, bytesMax: number): void {
    const held = this.#held + to - from;
    if (held > bytesMax) throw this.#tooLong(bytesMax);
    if (held > this.#scratch.length) {
      const wider = new Uint8Array(Math.max(held, this.#scratch.length * 2));
      wider.set(this.#scratch.subarray(0, this.#held));
      this.#scratch = wider;
    }
    this.#scratch.set(chunk.subarray(from, to), this.#held);
    this.#held = held;
  }

  #tooLong(bytesMax: number): SyntaxError {
    return new SyntaxError(
      `A name, number or text is longer than the ${bytesMax} bytes it may have`,
    );
  }

  #unexpected(byte: number, at: number): SyntaxError {
    const shown = byte >= 0x20 && byte < 0x7f
      ? `"${String.fromCharCode(byte)}"`
      : `byte ${byte}, which is not UTF-8 here,`;
    return new SyntaxError(`Unexpected ${shown} at byte ${this.#before + at}`);
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const LITERALS = new Map<string, Literal>([["true", true], ["false", false], ["null", null]]);

const NON_FINITE = new Set<string>(["NaN", "Infinity", "-Infinity"] satisfies NonFinite[]);

const isSpace = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;

const isOfNumber = (byte: number): boolean =>
  isDigit(byte) || byte === DOT || byte === MINUS || byte === 0x2b || byte === 0x65 ||
  byte === 0x45;

export const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to));

/** The double nearest to what is written, as JSON.parse has it; null if it is no JSON number. */
function numberOf(bytes: Uint8Array, from: number, to: number): number | null {
  let at = from;
  const negative = bytes[at] === MINUS;
  if (negative) at++;
  const whole = at;
  let mantissa = 0;
  while (at < to && isDigit(bytes[at])) mantissa = mantissa * 10 + bytes[at++] - ZERO;
  let digits = at - whole;
  if (digits === 0 || (digits > 1 && bytes[whole] === ZERO)) return null;
  let exponent = 0;
  if (at < to && bytes[at] === DOT) {
    const fraction = ++at;
    while (at < to && isDigit(bytes[at])) mantissa = mantissa * 10 + bytes[at++] - ZERO;
    if (at === fraction) return null;
    exponent = fraction - at;
    digits -= exponent;
  }
  if (at < to && (bytes[at] | 0x20) === 0x65) {
    at++;
    const sign = bytes[at] === MINUS ? -1 : 1;
    if (bytes[at] === MINUS || bytes[at] === 0x2b) at++;
    const power = at;
    let given = 0;
    while (at < to && isDigit(bytes[at])) given = Math.min(given * 10 + bytes[at++] - ZERO, 1e6);
    if (at === power) return null;
    exponent += sign * given;
  }
  if (at !== to) return null;
  if (digits > 15 || Math.abs(exponent) > 22) return Number(ascii(bytes, from, to));
  const value = exponent < 0 ? mantissa / POWERS[-exponent] : mantissa * POWERS[exponent];
  return negative ? -value : value;
}
