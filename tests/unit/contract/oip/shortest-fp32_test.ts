import assert from "node:assert/strict";
import { shortestDecimals } from "../../../../contract/oip/shortest-fp32.ts";
import { seeded } from "../../../support/random.ts";

/** Significant digits of a number as JavaScript writes it. */
const digitsOf = (value: number): number =>
  Math.abs(value).toExponential().split("e")[0].replace(".", "").length;

/** How few digits do, by trying all decimals of each length that lie next to the number. */
function fewestDigits(value: number): number {
  const size = Math.abs(value);
  for (let digits = 1; digits <= 9; digits++) {
    const [mantissa, power] = size.toExponential(digits - 1).split("e");
    const whole = Number(mantissa.replace(".", ""));
    for (const near of [whole - 1, whole, whole + 1]) {
      if (Math.fround(Number(`${near}e${Number(power) - digits + 1}`)) === size) return digits;
    }
  }
  throw new Error(`Nine digits do not tell ${value}`);
}

const shortest = (values: number[]): number[] => {
  const into: number[] = [];
  shortestDecimals(Float32Array.from(values), into);
  return into;
};

Deno.test("shortestDecimals() finds a decimal of fewest digits that reads back as the same FP32", () => {
  const random = seeded(11);
  const bits = new Uint32Array(60_000);
  const values = new Float32Array(bits.buffer);
  for (let i = 0; i < bits.length; i++) {
    // Every exponent, and as many numbers of the size that models give; every power of two, and its neighbours.
    if (i < 3 * 254) bits[i] = ((1 + Math.floor(i / 3)) << 23) + (i % 3) - 1;
    else if (i % 2) bits[i] = random.integer(0, 2 ** 32 - 1);
    else values[i] = random.between(-1, 1) * 10 ** random.integer(-3, 3);
  }
  const into: number[] = [];
  shortestDecimals(values, into);
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) {
      assert.ok(Object.is(into[i], value));
      continue;
    }
    assert.ok(Object.is(Math.fround(Number(`${into[i]}`)), value), `${value} became ${into[i]}`);
    if (value === 0) continue;
    assert.equal(digitsOf(into[i]), fewestDigits(value), `${value} became ${into[i]}`);
  }
});

Deno.test("shortestDecimals() gives what people wrote", () => {
  const written = [0.1, -0.3, 123.456, 1e-7, 3.4028235e38, 1e-45, 16777216, 0.5, 1e10, 2.5e-40];
  assert.deepEqual(shortest(written), written);
  assert.deepEqual(shortest([NaN, Infinity, -Infinity, -0, 0]), [NaN, Infinity, -Infinity, -0, 0]);
});
