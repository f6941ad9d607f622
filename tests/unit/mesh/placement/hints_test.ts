import assert from "node:assert/strict";
import type { Digest } from "../../../../mesh/node/digest.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { seeded } from "../../../support/random.ts";
import { QUIET } from "../node/a-digest.ts";

const digest = (at_ms: number, rest: Partial<Digest> = {}): Digest => ({
  ...QUIET,
  at_ms,
  ...rest,
});

Deno.test("note() keeps the newer of two digests, in whatever order they arrive", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const hints = new Hints();
    const newest = new Map<number, number>();
    for (let k = 0; k < 50; k++) {
      const index = random.integer(0, 9);
      const at_ms = random.integer(0, 1_000);
      hints.note(index, digest(at_ms));
      newest.set(index, Math.max(newest.get(index) ?? -1, at_ms));
      assert.equal(hints.of(index)?.at_ms, newest.get(index), `seed ${seed}`);
    }
  }
});

Deno.test("of() knows nothing of a node that was never touched", () => {
  const hints = new Hints();
  hints.note(1, digest(5));
  assert.deepEqual([0, 1, 2].map((index) => hints.of(index)?.at_ms), [undefined, 5, undefined]);
  assert.deepEqual([0, 1, 2].map((index) => hints.isTouched(index)), [false, true, false]);
  assert.deepEqual([...hints.all()].map(([index]) => index), [1]);
});

Deno.test("forget() drops a digest ten minutes after all that it says is over, and not before", () => {
  const minutes = (n: number) => n * 60_000;
  const cases: readonly [string, Digest, number][] = [
    ["idle", digest(0), minutes(10)],
    ["busy", digest(0, { free_ms: { ...QUIET.free_ms, batch: minutes(2) } }), minutes(12)],
    [
      "refusing",
      digest(0, { refusing: { refusal: "dark", until_ms: minutes(30) } }),
      minutes(40),
    ],
  ];
  for (const [name, told, over_ms] of cases) {
    const hints = new Hints();
    hints.note(0, told);
    hints.forget(over_ms - 1);
    assert.ok(hints.of(0), `${name}: too early`);
    hints.forget(over_ms);
    assert.equal(hints.of(0), undefined, `${name}: too late`);
    assert.equal(hints.isTouched(0), false, name);
    assert.equal([...hints.all()].length, 0, name);
  }
});
