import assert from "node:assert/strict";
import { DISCIPLINE } from "../../../../mesh/node/queue.ts";
import type { AskClass } from "../../../../mesh/billing/receipt.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { asksOf, City, FROM, type Kind, type Told } from "../../../unit/mesh/node/busy-city.ts";

const SEED = 3;
const LASTS_S = 90;
const MASK_DEG = 60;
const LOAD = 3;
const MEAN_RUN_S = 0.2;
const RUN_S = [0.05, 0.35] as const;
const KINDS: readonly Kind[] = [
  { class: "realtime", share: 0.15, deadline_ms: 500, run_s: RUN_S },
  { class: "interactive", share: 0.35, deadline_ms: null, run_s: RUN_S },
  { class: "batch", share: 0.5, deadline_ms: null, run_s: RUN_S },
];

const REALTIME_IN_TIME = 0.99;
// Of the work that is done. Batch is half of what is asked for, and may have a tenth of its horizon
// waiting: that tenth it gets, whatever else is asked.
const BATCH_SHARE = 0.1;
/** Of any 10 s: nothing stands still for longer. */
const SLICE_MS = 10_000;
// Instants are doubles of a quarter of a microsecond.
const LATE_TOLERANCE_MS = 1e-3;

interface Rush {
  asks: readonly Told[];
  served: readonly Told[];
  /** NPU seconds of the nodes above the city. */
  capacity_s: number;
  /** Who still waits a minute after. */
  forgotten: number;
}

let known: Rush | undefined;

/** Simulated once: each test looks at another side of it. */
const rush = (): Rush => known ??= simulate();

function simulate(): Rush {
  const city = new City({ lasts_s: LASTS_S, mask_deg: MASK_DEG });
  const capacity_s = city.counts.reduce((sum, nodes) => sum + nodes, 0);
  const per_s = LOAD * capacity_s / LASTS_S / MEAN_RUN_S;
  const asks = asksOf(seeded(SEED), KINDS, { per_s, lasts_s: LASTS_S });
  for (const ask of asks) city.think(ask);
  const forgotten = city.finish(epochMs(FROM + (LASTS_S + 60) * 1e3));
  return { asks, served: asks.filter((ask) => ask.served !== null), capacity_s, forgotten };
}

const work = (asks: readonly Told[]): number => asks.reduce((sum, { run_s }) => sum + run_s, 0);
const ofClass = (askClass: AskClass, among: readonly Told[]) =>
  among.filter((ask) => ask.class === askClass);

Deno.test("the city asks for three times what the nodes above it can do, and nothing idles", () => {
  const { asks, served, capacity_s } = rush();
  const load = work(asks) / capacity_s;
  assert.ok(load > 2.9 && load < 3.1, `${load} times`);
  assert.ok(work(served) > 0.95 * capacity_s, `${work(served)} of ${capacity_s} NPU seconds used`);
});

Deno.test("under that load 99 % of realtime asks and more are answered within their deadline", () => {
  const realtime = ofClass("realtime", rush().asks);
  // Who was refused by all has missed as well.
  const inTime = realtime.filter(({ served, deadline_ms }) =>
    served !== null && served.answered_ms <= deadline_ms! + LATE_TOLERANCE_MS
  );
  const share = inTime.length / realtime.length;
  assert.ok(realtime.length > 2_000);
  assert.ok(share >= REALTIME_IN_TIME, `seed ${SEED}: ${share} of ${realtime.length} in time`);
});

Deno.test("under that load batch advances all the time, and gets its share of the work", () => {
  const { served } = rush();
  const done = ofClass("batch", served);
  const share = work(done) / work(served);
  assert.ok(share >= BATCH_SHARE, `seed ${SEED}: ${share} of the work done was of class batch`);
  const ends = done.map((ask) => ask.served!.ends).sort((a, b) => a - b);
  const gap = Math.max(...ends.slice(1).map((end, k) => end - ends[k]));
  assert.ok(gap < SLICE_MS, `seed ${SEED}: no batch ended for ${gap} ms`);
});

Deno.test("under that load whoever was admitted is done as promised, and nobody waits for ever", () => {
  const { served, forgotten } = rush();
  assert.equal(forgotten, 0, `seed ${SEED}: ${forgotten} still wait a minute after the rush`);
  for (const { id, class: askClass, at, run_s, served: turn } of served) {
    const { promised, starts, ends } = turn!;
    assert.ok(ends <= promised + LATE_TOLERANCE_MS, `seed ${SEED}, ask ${id}: broken promise`);
    const wait_ms = starts - at;
    const longest_ms = DISCIPLINE[askClass].horizon_s * 1e3 + LATE_TOLERANCE_MS;
    assert.ok(wait_ms <= longest_ms, `seed ${SEED}, ask ${id}: ${askClass} waited ${wait_ms} ms`);
    assert.ok(Math.abs(ends - starts - run_s * 1e3) < LATE_TOLERANCE_MS, `ask ${id}: its run`);
  }
});

Deno.test("under that load no NPU runs two asks at once", () => {
  const turns = rush().served.map((ask) => ask.served!).sort((a, b) => a.starts - b.starts);
  const free = new Map<number, number>();
  for (const { node, starts, ends } of turns) {
    assert.ok(starts >= (free.get(node) ?? 0), `seed ${SEED}: node ${node} at ${starts}`);
    free.set(node, ends);
  }
});

Deno.test("under that load hints spare knocks: a refusal is seldom told by the node itself", () => {
  for (const [askClass, most] of [["realtime", 1.2], ["interactive", 4], ["batch", 0.3]] as const) {
    const mine = ofClass(askClass, rush().asks);
    const knocks = mine.reduce((sum, ask) => sum + ask.knocks, 0) / mine.length;
    assert.ok(knocks < most, `seed ${SEED}: ${knocks} nodes are asked for one ${askClass} ask`);
  }
});
