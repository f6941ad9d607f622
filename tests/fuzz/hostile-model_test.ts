import assert from "node:assert/strict";
import { ModelError } from "../../models/operations/model-error.ts";
import { inspectModel } from "../../models/upload/inspect.ts";
import { SkeletonReader } from "../../models/upload/skeleton.ts";
import { leastMs, msOf } from "../support/least.ts";
import { seeded } from "../support/random.ts";
import { patience } from "../support/within.ts";
import { HOSTILE_KINDS, hostileModel } from "./hostile-model.ts";

const FILES = 500;

/** What an upload may take of an isolate's time, all of it. */
const MS_MAX = 1_000;

/** What an isolate has in all: a file that made us allocate as much, garbage included, could end it. */
const ALLOCATED_BYTES_MAX = 128 * 2 ** 20;

const allocated = () => {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
};

/** As an upload is read: in pieces as the network cuts them. */
function verdict(bytes: Uint8Array, seed: number): string | null {
  const random = seeded(seed);
  try {
    const reader = new SkeletonReader();
    for (let at = 0; at < bytes.length;) {
      const until = at + random.pick([1, 100, 4_096, 65_536]);
      reader.push(bytes.subarray(at, until));
      at = until;
    }
    inspectModel(reader.finish(), bytes.length);
    return null;
  } catch (error) {
    if (!(error instanceof ModelError)) throw new Error(`seed ${seed}`, { cause: error });
    return error.message;
  }
}

Deno.test(`each of ${FILES} hostile files is refused for what is wrong with it, or can be taken`, async () => {
  const taken = new Map<string, number>();
  for (let seed = 0; seed < FILES; seed++) {
    const { kind, bytes, refusal } = hostileModel(seed, seeded(seed));
    const where = `seed ${seed}: ${kind}, ${bytes.length} bytes`;
    const before = allocated();
    const begin = performance.now();
    const reason = verdict(bytes, seed);
    const first_ms = performance.now() - begin;
    const grown = allocated() - before;
    assert(grown < ALLOCATED_BYTES_MAX, `${where}: ${grown} bytes more`);
    const took = await leastMs(MS_MAX, () => msOf(() => verdict(bytes, seed)), first_ms);
    assert(took < MS_MAX || took < MS_MAX * patience(), `${where} took ${took} ms`);
    if (reason === null) taken.set(kind, (taken.get(kind) ?? 0) + 1);
    else {
      assert(reason.length < 410, `${where}: ${reason}`);
      // deno-lint-ignore no-control-regex
      assert(!/[\x00-\x1f\u202e]/.test(reason), `${where}: ${JSON.stringify(reason)}`);
    }
    if (refusal) assert.match(reason ?? "taken", refusal, where);
  }
  // Some damage leaves a sound file; and a check that refused everything would pass all above.
  const all = [...taken.values()].reduce((a, b) => a + b, 0);
  assert(all > FILES / 25 && all < FILES / 4, JSON.stringify([...taken]));
  assert(FILES >= 10 * HOSTILE_KINDS.length, "each kind comes ten times");
});
