/**
 * Compares a ranking of the mesh with the naive one: the same scores and reasons in each place. Who is
 * who may differ only where scores tie.
 * @module
 */
import assert from "node:assert/strict";
import type { Candidate } from "../../../../mesh/placement/candidate.ts";
import type { Ranked } from "./naive-ranking.ts";

// Instants in 2026 are doubles with 0.24 us between them, and a wait is the difference of two; where
// nothing waits, the score is exact to the last bits of a second.
export const WAIT_TIE_S = 0.5e-6;
const EXACT_TIE_S = 1e-12;
// satellite.js rounds the polar radius to 0.1 mm.
const LENGTH_TOLERANCE_KM = 1e-7;

/** @param expected all there is to choose from, in order; its first eight are what must come out */
export function assertSameRanking(
  { ours, expected, label }: { ours: Candidate[]; expected: Ranked[]; label: string },
): void {
  const [head, all] = [expected.slice(0, 8), expected];
  assert.equal(ours.length, head.length, `${label}: ${ours.length} candidates`);
  const byIndex = new Map(all.map((one) => [one.index, one]));
  ours.forEach((candidate, place) => {
    const same = byIndex.get(candidate.index);
    assert.ok(same, `${label}: ${candidate.node} is out of reach`);
    assert.equal(candidate.refusal, same.refusal, `${label}: refusal of ${candidate.node}`);
    assert.equal(candidate.refusal === null, head[place].refusal === null, label);
    const tie = same.wait_s > 0 || head[place].wait_s > 0 ? WAIT_TIE_S : EXACT_TIE_S;
    assert.ok(
      Math.abs(same.total_s - head[place].total_s) <= tie,
      `${label}: place ${place} is ${candidate.node} with ${same.total_s} s, ` +
        `not ${head[place].index} with ${head[place].total_s} s`,
    );
    assertTiming(candidate, same, `${label}, ${candidate.node}`);
  });
  assert.equal(new Set(ours.map((c) => c.index)).size, ours.length, `${label}: one twice`);
}

function assertTiming({ timing, length, region }: Candidate, naive: Ranked, label: string): void {
  assert.ok(Math.abs(length - naive.length_km) <= LENGTH_TOLERANCE_KM, `${label}: length`);
  assert.ok(Math.abs(timing.light - naive.light_s) <= EXACT_TIE_S, `${label}: light`);
  assert.ok(Math.abs(timing.transfer - naive.transfer_s) <= EXACT_TIE_S, `${label}: transfer`);
  assert.ok(Math.abs(timing.npu - naive.npu_s) <= EXACT_TIE_S, `${label}: npu`);
  assert.ok(Math.abs(timing.wait - naive.wait_s) <= WAIT_TIE_S, `${label}: wait`);
  assert.ok(Math.abs(timing.total - naive.total_s) <= WAIT_TIE_S, `${label}: total`);
  assert.ok(Math.abs(timing.energy - naive.energy_j) <= 1e-9, `${label}: energy`);
  assert.equal(region, naive.owner(), `${label}: region`);
}
