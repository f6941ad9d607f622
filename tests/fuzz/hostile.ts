/**
 * Hostile input, the same for the same seed: values, texts and bytes that are nearly right, or not at
 * all.
 * @module
 */
import type { Random } from "../support/random.ts";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.1,
  90.0000001,
  -180.5,
  360,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  -(2 ** 53) - 2,
  2 ** 63,
  1e21,
  1e308,
  -1e308,
  5e-324,
];

const TEXTS = [
  "",
  " ",
  "0",
  "-1",
  "1e999",
  "NaN",
  "null",
  "true",
  "[]",
  "{}",
  "../../etc/passwd",
  "..%2f..%2f",
  "%00",
  "\0",
  "\u202e",
  "\ud800",
  "\ufeff",
  "a".repeat(300),
  "9".repeat(400),
  "' OR 1=1 --",
  '"; DROP TABLE receipts; --',
  "${jndi:ldap://127.0.0.1/a}",
  "<script>alert(1)</script>",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "G2A-000-000",
  "G2A-999-999",
  "norad-99999999999999999999",
  "-0",
  "+1",
  "0x10",
  "1_000",
  "١٢٣",
  "2026-11-24T00:00:00Z",
  "2026-02-30T00:00:00Z",
  "+275760-09-13T00:00:00.001Z",
  "-271821-04-20T00:00:00Z",
  "9999-12-31T23:59:59.999Z",
  "1970-01-01T00:00:00+99:99",
  "48.86,2.35",
  "91,181",
  "eyJhdF9tcyI6MSwiaWQiOiJ4In0=",
  "AAAA",
  "====",
  "🛰".repeat(40),
];

const NAMES = ["__proto__", "constructor", "toString", "id", "type", "data", "parameters", "", "a"];

export function hostileNumber(random: Random): number {
  return random.chance(0.5)
    ? random.pick(NUMBERS)
    : random.between(-1, 1) * 10 ** random.integer(-5, 20);
}

export function hostileString(random: Random): string {
  if (random.chance(0.7)) return random.pick(TEXTS);
  const length = random.integer(0, 40);
  return Array.from({ length }, () => String.fromCharCode(random.integer(0, 0xffff))).join("");
}

/** Any JSON value, a few levels deep. */
export function hostileValue(random: Random, depth = 3): Json {
  switch (random.integer(0, depth > 0 ? 6 : 4)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return hostileNumber(random);
    case 3:
    case 4:
      return hostileString(random);
    case 5:
      return Array.from(
        { length: random.integer(0, 5) },
        () => hostileValue(random, depth - 1),
      );
    default:
      return Object.fromEntries(
        Array.from(
          { length: random.integer(0, 4) },
          () => [random.pick(NAMES), hostileValue(random, depth - 1)],
        ),
      );
  }
}

/** What is right, with one to four things wrong somewhere in it. */
export function mutated(random: Random, valid: Json): Json {
  let value = structuredClone(valid);
  for (let times = random.integer(1, 4); times > 0; times--) value = mutatedOnce(random, value);
  return value;
}

function mutatedOnce(random: Random, value: Json): Json {
  const isLeaf = value === null || typeof value !== "object";
  if (isLeaf || random.chance(0.15)) return hostileValue(random);
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.2)) return [...value, hostileValue(random)];
    const at = random.integer(0, value.length - 1);
    if (random.chance(0.2)) return value.toSpliced(at, 1);
    if (random.chance(0.1)) return Array.from({ length: 200 }, () => value[at]);
    return value.with(at, mutatedOnce(random, value[at]));
  }
  const names = Object.keys(value);
  if (names.length === 0 || random.chance(0.15)) {
    return { ...value, [random.pick(NAMES)]: hostileValue(random) };
  }
  const name = random.pick(names);
  if (random.chance(0.2)) {
    const { [name]: _, ...rest } = value;
    return rest;
  }
  return { ...value, [name]: mutatedOnce(random, value[name]) };
}

/** A text that was right, cut, repeated, spoiled or nested. */
export function spoiled(random: Random, text: string): string {
  const at = random.integer(0, text.length);
  const to = Math.min(text.length, at + random.integer(0, 20));
  switch (random.integer(0, 6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + hostileString(random) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(to);
    case 3:
      return text + text.slice(at, to);
    case 4:
      return random.pick(["[", '{"a":', "(", '"'].map((open) => open.repeat(2_000))) + text;
    case 5:
      return text.slice(0, at) + String.fromCharCode(random.integer(0, 0xffff)) +
        text.slice(at + 1);
    default:
      return text.slice(0, at) + text.slice(at, to).repeat(random.integer(2, 30)) + text.slice(to);
  }
}

/** Bytes that were right, with some of them others. */
export function spoiledBytes(random: Random, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const spoiled = Uint8Array.from(bytes);
  for (let times = random.integer(1, 8); times > 0 && spoiled.length > 0; times--) {
    spoiled[random.integer(0, spoiled.length - 1)] = random.integer(0, 255);
  }
  return random.chance(0.3) ? spoiled.slice(0, random.integer(0, spoiled.length)) : spoiled;
}
