import assert from "node:assert/strict";
import { type Random, seeded } from "../../support/random.ts";
import { plainScores } from "./plain-telemetry-anomaly.ts";
import { open } from "./session.ts";

// A few roundings to float32 and a sum of at most 64 terms in another order. Readings below 1e-37,
// which halve with a rounding, are not among the cases: docs/models.md#telemetry-anomaly.
const SCORE_RELATIVE_TOLERANCE = 2e-6;

const run = await open("telemetry-anomaly");

async function score(windows: number[][]): Promise<{ scores: number[][]; anomalies: boolean[][] }> {
  const [rows, length] = [windows.length, windows[0].length];
  const out = await run(Float32Array.from(windows.flat()), [rows, length]);
  assert.deepEqual([out.score.dims, out.anomaly.dims], [[rows, length], [rows, length]]);
  assert.equal(out.anomaly.type, "bool");
  const row = (i: number, data: ArrayLike<number>) =>
    Array.from(data).slice(i * length, (i + 1) * length);
  return {
    scores: windows.map((_, i) => row(i, out.score.data)),
    anomalies: windows.map((_, i) => row(i, out.anomaly.data).map((flag) => flag === 1)),
  };
}

const one = async (window: number[]) => {
  const { scores, anomalies } = await score([window]);
  return { scores: scores[0], anomalies: anomalies[0] };
};

/** Readings as sensors give them: noisy, quantised, stuck, spiking, missing, huge or tiny. */
function window(random: Random, length: number): number[] {
  const base = random.pick([0, 21, -273, 1013, 1e6, 3e29]);
  const noise = random.pick([0, 1e-30, 0.3, 40, 1e5, 5e29]);
  const step = random.pick([0, 0, 0.5, 10]);
  const missing = random.pick([0, 0, 0.1, 0.6]);
  return Array.from({ length }, () => {
    if (random.chance(missing)) return random.pick([NaN, Infinity, -Infinity, 9.96921e36]);
    const spike = random.chance(0.05) ? 20 : 1;
    const value = base + noise * spike * random.between(-1, 1);
    return Math.fround(step ? Math.round(value / step) * step : value);
  });
}

Deno.test("telemetry-anomaly equals the plain sort over 400 seeded batches", async () => {
  let anomalous = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const random = seeded(seed);
    const length = random.pick([1, 2, 3, 4, 5, 8, 33, 64]);
    const windows = Array.from({ length: random.integer(1, 8) }, () => window(random, length));
    const { scores, anomalies } = await score(windows);
    windows.forEach((readings, row) => {
      plainScores(readings).forEach((want, i) => {
        const got = scores[row][i];
        const where =
          `seed ${seed}, row ${row}, reading ${i} of [${readings}]: ${got}, want ${want}`;
        assert(Math.abs(got - want) <= SCORE_RELATIVE_TOLERANCE * Math.abs(want), where);
        assert.equal(anomalies[row][i], Math.abs(got) > 3.5, where);
        anomalous += Number(anomalies[row][i]);
      });
    });
  }
  assert(anomalous > 100, `too few anomalies among the cases: ${anomalous}`);
});

Deno.test("telemetry-anomaly calls 3.5 no anomaly, and the next number one", async () => {
  // With a MAD of 0.6745 the score is the reading itself.
  const mad = 0.6745;
  const at = await one([-mad, -mad, 0, mad, 3.5]);
  assert.deepEqual([at.scores[4], at.anomalies[4]], [3.5, false]);
  const beyond = await one([-mad, -mad, 0, mad, 3.5 + 2 ** -22]);
  assert.deepEqual([beyond.scores[4], beyond.anomalies[4]], [3.5 + 2 ** -22, true]);
});

Deno.test("telemetry-anomaly scores a constant window, and a window of one, as 0", async () => {
  for (const window of [[7], [7, 7], [7, 7, 7], Array(64).fill(-1e6)]) {
    const { scores, anomalies } = await one(window);
    assert(scores.every((score) => score === 0) && anomalies.every((anomaly) => !anomaly));
  }
});

Deno.test("telemetry-anomaly cannot find an anomaly in a window of two", async () => {
  const { scores, anomalies } = await one([1, 1e6]);
  for (const score of scores) assert(Math.abs(Math.abs(score) - 0.6745) < 1e-6);
  assert.deepEqual(anomalies, [false, false]);
});

Deno.test("telemetry-anomaly takes the mean of the middle two of an even window", async () => {
  // Median 2.5, distances 1.5 0.5 0.5 97.5, MAD 1.
  const { scores } = await one([1, 2, 3, 100]);
  const want = [-1.5, -0.5, 0.5, 97.5].map((distance) => 0.6745 * distance);
  scores.forEach((score, i) => assert(Math.abs(score / want[i] - 1) < SCORE_RELATIVE_TOLERANCE));
});

Deno.test("telemetry-anomaly falls back on the mean absolute deviation where the MAD is 0", async () => {
  const { scores, anomalies } = await one([5, 5, 5, 5, 5, 5, 5, 9]);
  assert(Math.abs(scores[7] - 4 / (1.253314 * 0.5)) < 1e-5);
  assert.deepEqual(anomalies, [false, false, false, false, false, false, false, true]);
});

Deno.test("telemetry-anomaly leaves missing readings out, wherever they stand", async () => {
  const full = await one([1, 2, 3, 100]);
  const gaps = await one([NaN, 1, 2, Infinity, 3, 9.96921e36, 100]);
  assert.deepEqual([1, 2, 4, 6].map((i) => gaps.scores[i]), full.scores);
  assert.deepEqual([0, 3, 5].map((i) => gaps.scores[i]), [0, 0, 0]);
  assert.deepEqual((await one([NaN, NaN, NaN])).scores, [0, 0, 0]);
});

Deno.test("telemetry-anomaly gives 1e9 for scores beyond it", async () => {
  assert.deepEqual((await one([0, 1, 2, 3, 1e30])).scores[4], 1e9);
  assert.deepEqual((await one([0, 1, 2, 3, -1e30])).scores[4], -1e9);
});

Deno.test("telemetry-anomaly gives finite scores for any bits", async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seeded(seed);
    const bits = Uint32Array.from({ length: 8 * 16 }, () => random.integer(0, 2 ** 32 - 1));
    const { score } = await run(new Float32Array(bits.buffer), [8, 16]);
    for (const value of score.data) assert(Number.isFinite(value), `seed ${seed}: ${value}`);
  }
});
