/**
 * Reads one protobuf message, as far as ONNX files need it, out of bytes that may be anything.
 * Nested messages are read when asked for, and bytes are not copied: a file of weights costs nothing.
 * Format: https://protobuf.dev/programming-guides/encoding/
 * @module
 */

import { ModelError } from "./model-error.ts";

const WIRE_VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** A varint as the signed 64-bit integer that it holds, or the bytes of any other field. */
type ProtoFieldValue = bigint | Uint8Array;

export class ProtoReader {
  /** What it is, for messages: `NodeProto`. */
  readonly #what: string;
  readonly #fields = new Map<number, ProtoFieldValue[]>();

  constructor(bytes: Uint8Array, what: string) {
    this.#what = what;
    const cursor = { bytes, at: 0, what };
    while (cursor.at < bytes.length) {
      const tag = readVarint(cursor);
      const number = Number(tag >> 3n);
      if (number < 1 || number > FIELD_MAX) broken(what, `field ${number} cannot be`);
      const value = readValue(cursor, Number(tag & 7n));
      const known = this.#fields.get(number);
      if (known) known.push(value);
      else this.#fields.set(number, [value]);
    }
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  /** Undefined where it is absent; where it comes twice the last one counts, as everywhere here. */
  integer(field: number): number | undefined {
    const value = this.#fields.get(field)?.at(-1);
    if (value === undefined) return undefined;
    return typeof value === "bigint" ? Number(value) : this.#misfit(field);
  }

  /** Packed or not. */
  integers(field: number): number[] {
    return (this.#fields.get(field) ?? []).flatMap((value) =>
      typeof value === "bigint" ? [Number(value)] : unpack(value, this.#what)
    );
  }

  /** How many there are, packed or not, without making them. */
  countIntegers(field: number): number {
    return (this.#fields.get(field) ?? []).reduce(
      (sum, value) => sum + (typeof value === "bigint" ? 1 : countVarints(value)),
      0,
    );
  }

  bytes(field: number): Uint8Array | undefined {
    const value = this.#fields.get(field)?.at(-1);
    if (value === undefined) return undefined;
    return typeof value === "bigint" ? this.#misfit(field) : value;
  }

  /** All occurrences as one: packed or not, fixed-width numbers read the same. */
  allBytes(field: number): Uint8Array {
    const pieces = this.#pieces(field);
    if (pieces.length === 1) return pieces[0];
    const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  text(field: number): string {
    return utf8.decode(this.bytes(field));
  }

  texts(field: number): string[] {
    return this.#pieces(field).map((piece) => utf8.decode(piece));
  }

  /** Of several that should be one, protobuf merges the fields: so do we. */
  message(field: number, what: string): ProtoReader | undefined {
    return this.has(field) ? new ProtoReader(this.allBytes(field), what) : undefined;
  }

  messages(field: number, what: string): ProtoReader[] {
    return this.#pieces(field).map((piece) => new ProtoReader(piece, what));
  }

  #pieces(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).map((value) =>
      typeof value === "bigint" ? this.#misfit(field) : value
    );
  }

  #misfit(field: number): never {
    broken(this.#what, `field ${field} has another type`);
  }
}

const FIELD_MAX = 2 ** 29 - 1;
// 64 bits in sevens: a longer one is no varint, and must not be read on for megabytes.
const VARINT_BYTES_MAX = 10;

const utf8 = new TextDecoder();

interface Cursor {
  readonly bytes: Uint8Array;
  readonly what: string;
  at: number;
}

function readValue(cursor: Cursor, wire: number): ProtoFieldValue {
  switch (wire) {
    case WIRE_VARINT:
      return BigInt.asIntN(64, readVarint(cursor));
    case FIXED_64:
      return take(cursor, 8);
    case FIXED_32:
      return take(cursor, 4);
    case LENGTH_DELIMITED:
      return take(cursor, Number(readVarint(cursor)));
    default:
      return broken(cursor.what, `wire type ${wire} is none that ONNX uses`);
  }
}

function take(cursor: Cursor, length: number): Uint8Array {
  const { bytes, at, what } = cursor;
  if (length > bytes.length - at) {
    broken(what, `${length} bytes are promised where ${bytes.length - at} are left`);
  }
  cursor.at += length;
  return bytes.subarray(at, cursor.at);
}

function readVarint(cursor: Cursor): bigint {
  const { bytes, what } = cursor;
  // Numbers as long as they are exact: most varints have one byte or two.
  let low = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[cursor.at++] ?? broken(what, "it ends within a number");
    low += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return BigInt(low);
  }
  let value = BigInt(low);
  for (let i = 4; i < VARINT_BYTES_MAX; i++) {
    const byte = bytes[cursor.at++] ?? broken(what, "it ends within a number");
    value += BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return BigInt.asUintN(64, value);
  }
  return broken(what, `a number has more than ${VARINT_BYTES_MAX} bytes`);
}

function unpack(bytes: Uint8Array, what: string): number[] {
  const cursor = { bytes, at: 0, what };
  const values: number[] = [];
  while (cursor.at < bytes.length) values.push(Number(BigInt.asIntN(64, readVarint(cursor))));
  return values;
}

const countVarints = (bytes: Uint8Array): number =>
  bytes.reduce((count, byte) => count + (byte < 128 ? 1 : 0), 0);

function broken(what: string, why: string): never {
  throw new ModelError(`Not an ONNX file, or a broken one: in a ${what} ${why}`);
}
