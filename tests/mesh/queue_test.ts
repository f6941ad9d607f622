import assert from "node:assert/strict";
import {
  DISCIPLINE,
  type Job,
  promise,
  queue,
  schedule,
  WAITING_MAX,
} from "../../mesh/node/queue.ts";
import type { AskClass } from "../../mesh/receipt.ts";
import { epochMs, seconds } from "../../mesh/units.ts";
import { type Random, seeded } from "../random.ts";

const CLASSES: readonly AskClass[] = ["realtime", "interactive", "batch"];
// Sums of milliseconds in doubles.
const PROMISE_TOLERANCE_MS = 1e-6;

function anyJob(random: Random, at: number): { job: Job; deadline: number } {
  const npu = seconds(random.between(0.001, 0.4));
  const ready = epochMs(at + random.pick([0, 0, 0, random.between(0, 300)]));
  const deadline = at + random.pick([Infinity, Infinity, random.between(1, 3_000)]);
  const askClass = random.pick(CLASSES);
  const arrived = epochMs(at);
  const end_by = promise({ arrived, ready, npu, deadline }, askClass);
  return { job: { id: `${at}`, class: askClass, arrived, ready, npu, end_by }, deadline };
}

const plain = (askClass: AskClass, at: number, npu_s: number): Job => {
  const [arrived, npu] = [epochMs(at), seconds(npu_s)];
  const end_by = promise({ arrived, ready: arrived, npu, deadline: Infinity }, askClass);
  return { id: `${askClass}${at}`, class: askClass, arrived, ready: arrived, npu, end_by };
};

Deno.test("queue() breaks no promise, its own nor another's, whatever is admitted later", () => {
  let [admitted, refused] = [0, 0];
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    let waiting: Job[] = [];
    let free = 0;
    for (let now = 0; now < 40_000; now += random.between(1, 250)) {
      // A dispatcher that knows of no plan: the NPU is free, so who is ready and was promised first?
      for (;;) {
        const first = Math.min(...waiting.map(({ ready }) => Math.max(ready, free)));
        if (!(first <= now)) break;
        const ready = waiting.filter((job) => job.ready <= first);
        const next = ready.sort((a, b) => a.end_by - b.end_by || a.arrived - b.arrived)[0];
        waiting = waiting.filter((job) => job !== next);
        free = first + next.npu * 1e3;
        const late = free - next.end_by;
        assert.ok(late <= PROMISE_TOLERANCE_MS, `seed ${seed}: ${next.class} is ${late} ms late`);
      }
      const { job } = anyJob(random, now);
      const queued = queue(waiting, job, epochMs(Math.max(free, now)));
      if (queued.ok) waiting.push(job);
      if (queued.ok) admitted++;
      else refused++;
    }
  }
  assert.ok(admitted > 10_000 && refused > 1_000, `${admitted} ${refused}`);
});

Deno.test("realtime runs before interactive before batch, and who has waited long enough before all", () => {
  const waiting = [plain("batch", 0, 0.1), plain("interactive", 0, 0.1), plain("realtime", 0, 0.1)];
  const order = schedule(waiting, epochMs(0)).map(({ job }) => job.class);
  assert.deepEqual(order, ["realtime", "interactive", "batch"]);
  const old = plain("batch", 0, 0.1);
  const young = plain("realtime", 29_900, 0.1);
  assert.equal(schedule([young, old], epochMs(29_900))[0].job, old);
});

Deno.test("an ask is told too_late for its own deadline, and busy for anything else", () => {
  const now = epochMs(1_000);
  const job = plain("interactive", now, 0.5);
  const late = { ...job, end_by: epochMs(now + 499) };
  assert.deepEqual(queue([], late, now), { ok: false, refusal: "too_late" });
  const tight = { ...job, end_by: epochMs(now + 700) };
  assert.equal(queue([], tight, now).ok, true);
  assert.deepEqual(queue([], tight, epochMs(now + 300)), { ok: false, refusal: "too_late" });
  const beyond = epochMs(now + DISCIPLINE.interactive.horizon_s * 1e3 + 1);
  assert.deepEqual(queue([], job, beyond), { ok: false, refusal: "busy" });
});

Deno.test("a class may have no more waiting than its share, and nobody more than the bound", () => {
  for (const askClass of ["interactive", "batch"] as const) {
    const { horizon_s, share } = DISCIPLINE[askClass];
    const half = plain(askClass, 0, share * horizon_s * 0.6);
    assert.deepEqual(queue([half], half, epochMs(0)), { ok: false, refusal: "busy" });
  }
  const crowd = Array.from({ length: WAITING_MAX }, () => plain("realtime", 0, 1e-6));
  assert.deepEqual(queue(crowd, plain("realtime", 0, 1e-6), epochMs(0)), {
    ok: false,
    refusal: "busy",
  });
});
