import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { isKey, KEY_PREFIX, makeKey } from "../../../contract/api-key.ts";
import { seeded } from "../../support/random.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function source(seed: number) {
  const random = seeded(seed);
  return (bytes: Uint8Array<ArrayBuffer>) => bytes.map(() => random.integer(0, 255));
}

Deno.test("makeKey() makes keys of one form, which isKey() knows, and no two alike", () => {
  const bytes = source(1);
  const keys = Array.from({ length: 2_000 }, () => makeKey(bytes));
  for (const key of keys) {
    assert.match(key, /^pgk_[0-9A-Za-z]{38}$/);
    assert.ok(isKey(key), key);
  }
  assert.equal(new Set(keys).size, keys.length);
});

Deno.test("A key's last six characters are the CRC-32 of its random part, as zlib has it", () => {
  const bytes = source(2);
  for (let round = 0; round < 500; round++) {
    const body = makeKey(bytes).slice(KEY_PREFIX.length);
    let number = 0;
    for (const digit of body.slice(32)) number = number * 62 + ALPHABET.indexOf(digit);
    assert.equal(number, crc32(body.slice(0, 32)), body);
  }
});

Deno.test("Every character of a key is as likely as every other", () => {
  const bytes = source(3);
  const seen = new Map<string, number>();
  const keys = 4_000;
  for (let round = 0; round < keys; round++) {
    for (const character of makeKey(bytes).slice(4, 36)) {
      seen.set(character, (seen.get(character) ?? 0) + 1);
    }
  }
  const mean = keys * 32 / 62;
  assert.equal(seen.size, 62);
  // Five standard deviations: bytes taken modulo 62 would make the first eight 25 % likelier.
  for (const [character, count] of seen) {
    assert.ok(Math.abs(count - mean) < 5 * Math.sqrt(mean), `${character}: ${count}, not ${mean}`);
  }
});

Deno.test("isKey() refuses a key with one character changed, two swapped, one more or one less", () => {
  const random = seeded(4);
  const key = makeKey(source(5));
  for (let at = 0; at < key.length; at++) {
    for (const other of ALPHABET) {
      const changed = key.slice(0, at) + other + key.slice(at + 1);
      assert.equal(isKey(changed), changed === key, changed);
    }
    const swapped = key.slice(0, at) + (key[at + 1] ?? "") + key[at] + key.slice(at + 2);
    assert.equal(isKey(swapped), swapped === key, swapped);
    assert.ok(!isKey(key.slice(0, at) + key.slice(at + 1)));
    assert.ok(!isKey(key.slice(0, at) + random.pick([...ALPHABET]) + key.slice(at)));
  }
  for (const text of ["", "pgk_", key + "\n", " " + key, key.toUpperCase(), "sk-" + key]) {
    assert.ok(!isKey(text), text);
  }
});
