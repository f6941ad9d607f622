/**
 * Waiting for what others bring about: a test asks until it is so, and never sleeps for as long as it
 * usually takes. Deadlines are given for a machine that has nothing else to do, and lie later on one that
 * has, by as much as that is slower.
 *
 * ```ts
 * await within(5_000, "its receipt", async () => (await rows()).length === 1 || null);
 * ```
 * @module
 */
import assert from "node:assert/strict";
import { availableParallelism } from "node:os";

// So many rounds of the loop below take so long on the machine that the deadlines were written on, at rest.
const ROUNDS = 20_000_000;
const AT_REST_MS = 27;
// A wait that will never end must fail while somebody still waits for the tests.
const PATIENCE_MAX = 10;

/** Asks again until it answers other than null. */
export async function within<T>(
  ms: number,
  what: string,
  ask: () => T | null | Promise<T | null>,
  every_ms = 100,
): Promise<T> {
  const began = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    const waited = performance.now() - began;
    assert.ok(
      waited < ms || waited < ms * patience(),
      `Not within ${Math.round(waited)} ms: ${what}`,
    );
    await sleep(every_ms);
  }
}

/**
 * How many times longer things take here and now than on a quiet machine: by how long a piece of work
 * takes, or by how many want each core, as whoever is waited for has a share of them too.
 */
export function patience(): number {
  const began = performance.now();
  let x = 1;
  for (let i = 0; i < ROUNDS; i++) x = Math.imul(x, 1_664_525) + 1_013_904_223 | 0;
  const slowness = (performance.now() - began) / AT_REST_MS;
  // Its result must be used, or a compiler may leave the loop out.
  assert.ok(Number.isInteger(x));
  const crowd = Deno.loadavg()[0] / availableParallelism();
  return Math.min(PATIENCE_MAX, Math.max(1, slowness, crowd));
}

/** For a pace, or for as long as something must stay as it is; what can be asked for is not slept for. */
export const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Until an instant of this machine's clock has passed. */
export async function past(at_ms: number): Promise<void> {
  while (Date.now() <= at_ms) await sleep(at_ms + 1 - Date.now());
}
