import assert from "node:assert/strict";
import {
  DISCIPLINE,
  freeFrom,
  promise,
  queue,
  QUEUE_MAX,
  type QueuedAsk,
  schedule,
} from "../../../../mesh/node/queue.ts";
import type { AskClass } from "../../../../mesh/billing/receipt.ts";
import { epochMs, seconds } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";

const CLASSES: readonly AskClass[] = ["realtime", "interactive", "batch"];
// Sums of milliseconds in doubles.
const PROMISE_TOLERANCE_MS = 1e-6;

function anyAsk(random: Random, at: number): { ask: QueuedAsk; deadline: number } {
  const npu = seconds(random.between(0.001, 0.4));
  const ready = epochMs(at + random.pick([0, 0, 0, random.between(0, 300)]));
  const deadline = at + random.pick([Infinity, Infinity, random.between(1, 3_000)]);
  const askClass = random.pick(CLASSES);
  const arrived = epochMs(at);
  const end_by = promise({ arrived, ready, npu, deadline }, askClass);
  return { ask: { id: `${at}`, class: askClass, arrived, ready, npu, end_by }, deadline };
}

const plain = (askClass: AskClass, at: number, npu_s: number): QueuedAsk => {
  const [arrived, npu] = [epochMs(at), seconds(npu_s)];
  const end_by = promise({ arrived, ready: arrived, npu, deadline: Infinity }, askClass);
  return { id: `${askClass}${at}`, class: askClass, arrived, ready: arrived, npu, end_by };
};

Deno.test("queue() breaks no promise, its own nor another's, whatever is admitted later", () => {
  let [admitted, refused] = [0, 0];
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    let waiting: QueuedAsk[] = [];
    let free = 0;
    for (let now = 0; now < 40_000; now += random.between(1, 250)) {
      // A dispatcher that knows of no plan: the NPU is free, so who is ready and was promised first?
      for (;;) {
        const first = Math.min(...waiting.map(({ ready }) => Math.max(ready, free)));
        if (!(first <= now)) break;
        const ready = waiting.filter((ask) => ask.ready <= first);
        const next = ready.sort((a, b) => a.end_by - b.end_by || a.arrived - b.arrived)[0];
        waiting = waiting.filter((ask) => ask !== next);
        free = first + next.npu * 1e3;
        const late = free - next.end_by;
        assert.ok(late <= PROMISE_TOLERANCE_MS, `seed ${seed}: ${next.class} is ${late} ms late`);
      }
      const { ask } = anyAsk(random, now);
      const queued = queue(waiting, ask, epochMs(Math.max(free, now)));
      if (queued.ok) waiting.push(ask);
      if (queued.ok) admitted++;
      else refused++;
    }
  }
  assert.ok(admitted > 10_000 && refused > 1_000, `${admitted} ${refused}`);
});

Deno.test("schedule() is what a dispatcher without a plan does, step by step", () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const random = seeded(seed);
    const waiting = Array.from({ length: random.integer(0, 12) }, () => anyAsk(random, 0).ask);
    const plan = schedule(waiting, epochMs(random.between(0, 500)));
    let left = [...waiting];
    let free: number = plan[0]?.starts ?? 0;
    for (const { ask, starts } of plan) {
      const first = Math.max(free, Math.min(...left.map(({ ready }) => ready)));
      const ready = left.filter((one) => one.ready <= first);
      const nearest = Math.min(...ready.map(({ end_by }) => end_by));
      assert.equal(starts, first, `seed ${seed}: the NPU stands still, or runs two`);
      assert.ok(ready.includes(ask) && ask.end_by === nearest, `seed ${seed}: ${ask.class}`);
      left = left.filter((one) => one !== ask);
      free = first + ask.npu * 1e3;
    }
    assert.equal(left.length, 0, `seed ${seed}: ${left.length} never run`);
  }
});

Deno.test("asks that arrive together run realtime, then interactive, then batch", () => {
  const rank = (ask: QueuedAsk) => CLASSES.indexOf(ask.class);
  for (let seed = 0; seed < 1_000; seed++) {
    const random = seeded(seed);
    // Runs whose lengths differ by less than the horizons do.
    const waiting = Array.from(
      { length: random.integer(2, 20) },
      () => plain(random.pick(CLASSES), 0, random.between(1e-3, 1.4)),
    );
    const order = schedule(waiting, epochMs(0)).map(({ ask }) => rank(ask));
    assert.deepEqual(order, [...order].sort(), `seed ${seed}`);
  }
});

Deno.test("nothing starves: under three times the load on one NPU for ten minutes, all classes advance", () => {
  for (let seed = 0; seed < 5; seed++) {
    const random = seeded(seed);
    let waiting: QueuedAsk[] = [];
    let free = 0;
    const done: Record<AskClass, number> = { realtime: 0, interactive: 0, batch: 0 };
    let longest_ms = 0;
    const dispatch = (now: number) => {
      for (;;) {
        const [next] = schedule(waiting, epochMs(free));
        if (!next || Math.max(next.starts, next.ask.arrived) > now) return;
        const starts = Math.max(next.starts, next.ask.arrived);
        waiting = waiting.filter((ask) => ask !== next.ask);
        free = starts + next.ask.npu * 1e3;
        longest_ms = Math.max(longest_ms, starts - next.ask.arrived);
        done[next.ask.class] += next.ask.npu;
      }
    };
    for (let now = 0; now < 600_000; now += -Math.log(1 - random.next()) * 100 / 3) {
      dispatch(now);
      const dice = random.next();
      const askClass = dice < 0.15 ? "realtime" : dice < 0.5 ? "interactive" : "batch";
      const ask = plain(askClass, now, random.between(0.05, 0.15));
      if (queue(waiting, ask, epochMs(Math.max(free, now))).ok) waiting.push(ask);
    }
    dispatch(Infinity);
    const label = `seed ${seed}: ${JSON.stringify(done)}`;
    assert.ok(done.batch > 0.1 * 600 && done.interactive > 0.3 * 600, label);
    assert.ok(done.realtime > 0.4 * 600, label);
    assert.ok(longest_ms <= 30_000 + PROMISE_TOLERANCE_MS, `${label}: waited ${longest_ms} ms`);
  }
});

Deno.test("freeFrom() says when an ask as long as those that wait would start, or that it need not come", () => {
  let [open, closed] = [0, 0];
  for (let seed = 0; seed < 3_000; seed++) {
    const random = seeded(seed);
    const npu_s = random.between(0.01, 0.4);
    const waiting = Array.from({ length: random.integer(1, 12) }, () => {
      const askClass = random.pick(CLASSES);
      return plain(askClass, random.between(-500, 0), npu_s);
    });
    const busy = epochMs(random.between(0, 300));
    const askClass = random.pick(CLASSES);
    const said = freeFrom(waiting, busy, askClass, epochMs(0));
    const queued = queue(waiting, plain(askClass, 0, npu_s), busy);
    const { horizon_s } = DISCIPLINE[askClass];
    if (queued.ok) {
      assert.ok(Math.abs(said - queued.starts) < 1e-6, `seed ${seed}: ${said}`);
      open++;
    } else {
      assert.ok(said > horizon_s * 1e3, `seed ${seed}: ${said} ms invites who is refused`);
      assert.ok(said < horizon_s * 1.1e3 + busy, `seed ${seed}: ${said} ms keeps away for ever`);
      closed++;
    }
  }
  assert.ok(open > 300 && closed > 300, `${open} ${closed}`);
  assert.equal(freeFrom([], epochMs(7), "batch", epochMs(0)), 7);
});

Deno.test("promises to the lower classes leave realtime three fifths of the time before them", () => {
  const batch = plain("batch", 0, 1);
  // The NPU is busy for 12 s of batch's 30: no more of it is promised behind, realtime may still come.
  assert.equal(queue([], batch, epochMs(11_999)).ok, true);
  assert.deepEqual(queue([], batch, epochMs(12_001)), { ok: false, refusal: "busy" });
  const waiting = [{ ...batch, end_by: epochMs(2_850) }];
  // Behind it the batch ask would start after 740 ms, two fifths of the 1,850 until it must.
  const quick = plain("interactive", 0, 0.1);
  assert.equal(queue(waiting, quick, epochMs(639)).ok, true);
  assert.deepEqual(queue(waiting, quick, epochMs(641)), { ok: false, refusal: "busy" });
  assert.equal(queue(waiting, plain("realtime", 0, 0.1), epochMs(300)).ok, true);
  // A deadline of one's own is kept to the last millisecond.
  const tight = { ...quick, end_by: epochMs(900) };
  assert.equal(queue([], tight, epochMs(799)).ok, true);
});

Deno.test("realtime runs before interactive before batch, and who has waited long enough before all", () => {
  const waiting = [plain("batch", 0, 0.1), plain("interactive", 0, 0.1), plain("realtime", 0, 0.1)];
  const order = schedule(waiting, epochMs(0)).map(({ ask }) => ask.class);
  assert.deepEqual(order, ["realtime", "interactive", "batch"]);
  const old = plain("batch", 0, 0.1);
  const young = plain("realtime", 29_900, 0.1);
  assert.equal(schedule([young, old], epochMs(29_900))[0].ask, old);
});

Deno.test("an ask is told too_late for its own deadline, and busy for anything else", () => {
  const now = epochMs(1_000);
  const ask = plain("interactive", now, 0.5);
  const late = { ...ask, end_by: epochMs(now + 499) };
  assert.deepEqual(queue([], late, now), { ok: false, refusal: "too_late" });
  const tight = { ...ask, end_by: epochMs(now + 700) };
  assert.equal(queue([], tight, now).ok, true);
  assert.deepEqual(queue([], tight, epochMs(now + 300)), { ok: false, refusal: "too_late" });
  const beyond = epochMs(now + DISCIPLINE.interactive.horizon_s * 1e3 + 1);
  assert.deepEqual(queue([], ask, beyond), { ok: false, refusal: "busy" });
});

Deno.test("a class may have no more waiting than its share, and nobody more than the bound", () => {
  for (const askClass of ["interactive", "batch"] as const) {
    const { horizon_s, share } = DISCIPLINE[askClass];
    const half = plain(askClass, 0, share * horizon_s * 0.6);
    assert.deepEqual(queue([half], half, epochMs(0)), { ok: false, refusal: "busy" });
  }
  const crowd = Array.from({ length: QUEUE_MAX }, () => plain("realtime", 0, 1e-6));
  assert.deepEqual(queue(crowd, plain("realtime", 0, 1e-6), epochMs(0)), {
    ok: false,
    refusal: "busy",
  });
});
