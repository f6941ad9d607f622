/**
 * Finds for FP32 numbers the decimals of fewest digits that read back as the same FP32.
 *
 * JavaScript writes an FP32 as the double that it is, with up to 17 digits, of which the last 8 say
 * nothing: 0.1 becomes 0.10000000149011612. So each number is replaced by the double nearest to its shortest
 * decimal, and JavaScript's own printing, which is as short as a double allows, then gives that decimal.
 * Not its job: the text (answer-text.ts).
 * @module
 */

// 6 decimal digits survive the way to FP32 and back (FLT_DIG of C), so a number that fewer digits say is
// found with 6. 9 always tell two FP32 apart (FLT_DECIMAL_DIG).
const DIGITS_MIN = 6;
const DIGITS_MAX = 9;

// Powers of ten that are exact as doubles. A whole number of 9 digits times or over one of them is rounded
// once, so it is the double nearest to the decimal (W. D. Clinger, How to read floating point numbers
// accurately, 1990).
const POWERS = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

// By the 8 bits of an FP32's exponent: the decimal exponent of the least number that has them, and the power
// of ten above it, from which on the exponent is one more.
const EXPONENTS = new Int8Array(256);
const NEXT = new Float64Array(256);
for (let bits = 0; bits < 256; bits++) {
  // The logarithm of a power of two is never so near to a whole number that its rounding would matter.
  EXPONENTS[bits] = Math.floor(Math.log10(2 ** (bits - 127)));
  NEXT[bits] = Number(`1e${EXPONENTS[bits] + 1}`);
}

const MANTISSA_BITS = 0x7f_ffff;

/**
 * Replaces each number by the double whose text is the shortest decimal of the FP32.
 * @param data row-major, or a part of it
 * @param into takes as many numbers, from its start; what is not finite, and -0, as it is
 */
export function shortestDecimals(data: Float32Array, into: number[] | Float64Array): void {
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    const size = Math.abs(value);
    const biased = (bits[i] >>> 23) & 0xff;
    // Whole numbers below 2^24 are all FP32, so none has a shorter neighbour that reads back as it.
    if ((size < 2 ** 24 && size === Math.floor(size)) || biased === 0xff) {
      into[i] = value;
      continue;
    }
    const exponent = EXPONENTS[biased] + (size >= NEXT[biased] ? 1 : 0);
    const isExact = DIGITS_MAX - 1 - exponent <= 22 && exponent <= 27;
    const least = isExact
      ? calculated(size, { exponent, isTwosPower: (bits[i] & MANTISSA_BITS) === 0 })
      : searched(size);
    into[i] = value < 0 ? -least : least;
  }
}

/**
 * By arithmetic, where all powers of ten are exact.
 *
 * The neighbours of a power of two are nearer below than above: so the nearest decimal, if it lies below, may
 * be another number's where the next one above is still its own.
 */
function calculated(
  size: number,
  { exponent, isTwosPower }: { exponent: number; isTwosPower: boolean },
): number {
  for (let digits = DIGITS_MIN;; digits++) {
    const places = digits - 1 - exponent;
    const scaled = Math.round(places >= 0 ? size * POWERS[places] : size / POWERS[-places]);
    const near = places >= 0 ? scaled / POWERS[places] : scaled * POWERS[-places];
    if (digits === DIGITS_MAX || Math.fround(near) === size) return near;
    if (!isTwosPower) continue;
    const above = places >= 0 ? (scaled + 1) / POWERS[places] : (scaled + 1) * POWERS[-places];
    if (Math.fround(above) === size) return above;
  }
}

/** By text, for the rare others, which are very small or very large. */
function searched(size: number): number {
  for (let digits = 1; digits < DIGITS_MAX; digits++) {
    const near = size.toExponential(digits - 1);
    if (Math.fround(Number(near)) === size) return Number(near);
    const [mantissa, power] = near.split("e");
    const above = Number(`${Number(mantissa.replace(".", "")) + 1}e${Number(power) - digits + 1}`);
    if (Math.fround(above) === size) return above;
  }
  return Number(size.toPrecision(DIGITS_MAX));
}
