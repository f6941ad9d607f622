/**
 * Encodes protobuf messages given as lists of [field number, value].
 * Only what ONNX files need: varints, byte strings and nested messages. Written by hand
 * because the schema-driven libraries want more lines of schema than this file has of code.
 * Format: https://protobuf.dev/programming-guides/encoding/
 * @module
 */

export type ProtoFields = readonly Field[];
export type Field = readonly [number: number, value: ProtoValue];
export type ProtoValue = number | Fixed32 | string | Uint8Array | ProtoFields;
/** Four bytes as they are, such as those of a float. */
export interface Fixed32 {
  readonly fixed32: Uint8Array;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const SHORT = 256;

/** Fields are written in the order given, so that the same message gives the same bytes. */
export function encode(message: ProtoFields): Uint8Array<ArrayBuffer> {
  // What is short is gathered in one list of bytes; what is long stays as it is until all is joined.
  const parts: Uint8Array[] = [];
  let bytes: number[] = [];
  for (const [number, value] of message) {
    if (typeof value === "number") {
      bytes.push(...varint(number << 3 | VARINT), ...varint(value));
    } else if (typeof value === "object" && "fixed32" in value) {
      bytes.push(...varint(number << 3 | FIXED32), ...value.fixed32);
    } else {
      const content = payload(value);
      bytes.push(...varint(number << 3 | LENGTH_DELIMITED), ...varint(content.length));
      if (content.length <= SHORT) bytes.push(...content);
      else {
        parts.push(Uint8Array.from(bytes), content);
        bytes = [];
      }
    }
  }
  return joined([...parts, Uint8Array.from(bytes)]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function payload(value: string | Uint8Array | ProtoFields): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(value);
  return value instanceof Uint8Array ? value : encode(value);
}

function varint(n: number): number[] {
  if (!Number.isSafeInteger(n) || n < 0) {
    throw new RangeError(`Cannot encode ${n}: must be an integer >= 0`);
  }
  const bytes: number[] = [];
  for (; n >= 128; n = Math.floor(n / 128)) bytes.push(n % 128 + 128);
  bytes.push(n);
  return bytes;
}
