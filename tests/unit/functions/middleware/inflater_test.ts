import assert from "node:assert/strict";
import { constants, deflateSync, gzipSync } from "node:zlib";
import { Inflater } from "../../../../functions/middleware/inflater.ts";
import { joined } from "../../../../functions/middleware/capped-body.ts";
import { type Random, seeded } from "../../../support/random.ts";

function unpack(encoding: "gzip" | "deflate", bytes: Uint8Array, sizes: () => number): Uint8Array {
  const inflater = new Inflater(encoding);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = sizes();
    for (const piece of inflater.pieces(bytes.subarray(at, at + size))) pieces.push(piece);
    at += size;
  }
  inflater.end();
  return joined(pieces);
}

/** Runs, noise and nothing: what compresses well, and what does not. */
function anyBytes(random: Random): Uint8Array {
  const bytes = new Uint8Array(random.pick([0, 1, 100, 5_000, 150_000]));
  for (let at = 0; at < bytes.length;) {
    const run = random.integer(1, 2_000);
    const noisy = random.chance(0.3);
    const byte = random.integer(0, 255);
    for (let i = at; i < Math.min(bytes.length, at + run); i++) {
      bytes[i] = noisy ? random.integer(0, 255) : byte;
    }
    at += run;
  }
  return bytes;
}

Deno.test("Inflater unpacks what zlib packs, cut anywhere, in one member or several", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const level = random.integer(0, 9);
    const strategy = random.pick([constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED]);
    const parts = Array.from({ length: random.integer(1, 3) }, () => anyBytes(random));
    const isSmall = parts.every(({ length }) => length <= 5_000);
    const max = random.pick([isSmall ? 1 : 50, 777, 1e6]);
    const sizes = () => random.integer(1, max);
    const gzip = joined(parts.map((part) => gzipSync(part, { level, strategy })));
    assert.deepEqual(unpack("gzip", gzip, sizes), joined(parts), `seed ${seed}`);
    const zlib = deflateSync(parts[0], { level, strategy });
    assert.deepEqual(unpack("deflate", zlib, sizes), joined([parts[0]]), `seed ${seed}`);
  }
});

Deno.test("Inflater refuses what is broken, and only with a sentence of its own", () => {
  let refused = 0;
  for (let seed = 0; seed < 3_000; seed++) {
    const random = seeded(seed);
    const right = new Uint8Array(600).map((_, i) => (i * i) & 31);
    const packed = gzipSync(right).slice();
    for (let n = random.integer(1, 3); n > 0; n--) {
      packed[random.integer(0, packed.length - 1)] = random.integer(0, 255);
    }
    const bytes = packed.subarray(0, random.chance(0.3) ? random.integer(1, packed.length) : 1e9);
    try {
      // What its checksum does not cover may differ: the time, the system.
      assert.deepEqual(unpack("gzip", bytes, () => 9), right, `seed ${seed}`);
    } catch (error) {
      assert.ok(error instanceof RangeError, `seed ${seed}: ${error}`);
      assert.match(error.message, /^The body is not gzip: ./);
      refused++;
    }
  }
  assert.ok(refused > 2_000, `${refused} refused`);
});

Deno.test("Inflater gives a bomb in steps of 4 MB at most, each as it is asked for", () => {
  const bomb = gzipSync(new Uint8Array(2 ** 26), { level: 9 });
  const pieces = new Inflater("gzip").pieces(bomb);
  const before = Deno.memoryUsage().external;
  for (let bytes = 0; bytes < 2 ** 20;) {
    const { value } = pieces.next();
    assert.ok(value!.length <= 2 ** 16);
    bytes += value!.length;
  }
  const taken = Deno.memoryUsage().external - before;
  assert.ok(taken < 2 ** 23, `${taken} bytes for one of 64`);
});
