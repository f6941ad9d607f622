/**
 * A board's session against boards that drop, come back, answer late, twice, out of order, for runs
 * that there are not, malformed and with wrong outputs: what is asked is settled once.
 * @module
 */
import assert from "node:assert/strict";
import { IN_FLIGHT_BYTES_MAX, IN_FLIGHT_MAX } from "../../../../../contract/board.ts";
import { framesOf, headerOf } from "../../../../../contract/board-frames.ts";
import type { Tensor } from "../../../../../contract/tensor.ts";
import {
  type BoardEffect,
  type BoardOutcome,
  type BoardRun,
  BoardSession,
} from "../../../../../durable-objects/node/board/board-session.ts";
import { type Random, seeded } from "../../../../support/random.ts";
import { EXCESS, MEASURED, RIGHT, scriptOf, type Sent, type Way, WRONG } from "./hostile-board.ts";

const SEEDS = 3_000;
const STEPS = 60;
const WITHIN_MS = 1_000;
const HELLO = {
  type: "hello",
  protocol: 1,
  runtime: "test",
  in_flight_max: 4,
  energy_source: null,
  declared_w: null,
};

const vector = (name: string, values: number[]): Tensor => ({
  name,
  datatype: "FP32",
  shape: [values.length],
  data: Float32Array.from(values),
});

const request = (outputs: Tensor[], change: Partial<BoardRun> = {}): BoardRun => ({
  model: { kind: "built-in", name: "drive-rss", version: "1" },
  inputs: [vector("x", [1])],
  outputs: outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
  bytes_max: outputs.reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0),
  within_ms: WITHIN_MS,
  ...change,
});

interface Asked {
  way: Way;
  outputs: Tensor[];
  ends_ms: number;
  /** How much of the first, right answer is still to be delivered; null: it was lost with its socket. */
  left: number | null;
  outcomes: BoardOutcome[];
}

interface OnItsWay {
  sent: Sent;
  run: string;
  /** Set where it is a part of a right answer. */
  of: string | null;
  left: number;
}

/** One mesh and one board over many connections, of which at most one is open. */
class World {
  readonly asked = new Map<string, Asked>();
  #session: BoardSession | null = null;
  /** Frames in order, and how many more of a right answer come after each. */
  #wire: OnItsWay[] = [];
  #now = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  step(): void {
    const random = this.#random;
    this.#now += random.integer(0, WITHIN_MS / 10);
    const what = random.next();
    if (!this.#session) this.#connect();
    else if (what < 0.35) this.#ask();
    else if (what < 0.85) this.#deliver(random.integer(1, 6));
    else if (what < 0.92) this.#pass();
    else if (what < 0.94) this.#apply(this.#session.leave());
    else if (what < 0.97) this.#drop();
    else this.#hibernate();
  }

  /** All sockets gone: whatever is not settled by then is lost. */
  finish(): void {
    this.#drop();
  }

  #connect(): void {
    this.#session = new BoardSession("n", null);
    this.#apply(this.#session.text(JSON.stringify(HELLO), this.#now));
  }

  #ask(): void {
    const values = Array.from(
      { length: this.#random.integer(1, 3) },
      () => this.#random.integer(0, 99),
    );
    const outputs = [vector("a", values), vector("b", [this.#random.integer(0, 99)])];
    const { bytes_max, inputs } = request(outputs);
    if (!this.#session!.takes(bytes_max + inputs.length * 4)) return;
    const run = crypto.randomUUID();
    const way = this.#random.pick(
      this.#random.chance(0.6) ? RIGHT : this.#random.pick([WRONG, EXCESS] as const),
    );
    const asked = {
      way,
      outputs,
      ends_ms: this.#now + WITHIN_MS,
      left: null as number | null,
      outcomes: [],
    };
    this.asked.set(run, asked);
    const script = scriptOf(way, { run, outputs, random: this.#random });
    const whole = scriptOf("right", { run, outputs, random: this.#random }).length;
    const right = !(WRONG as readonly Way[]).includes(way) && way !== "twice at once";
    if (right) asked.left = whole;
    for (const [i, sent] of script.entries()) {
      this.#wire.push({ sent, run, of: right && i < whole ? run : null, left: whole - i - 1 });
    }
    // Frames of different runs come in any order; those of one run in theirs.
    if (this.#random.chance(0.5)) this.#interleave();
    this.#apply(this.#session!.begin(run, request(outputs), this.#now));
  }

  #interleave(): void {
    const queues = new Map<string, OnItsWay[]>();
    for (const one of this.#wire) queues.set(one.run, [...queues.get(one.run) ?? [], one]);
    this.#wire = [];
    while (queues.size > 0) {
      const key = this.#random.pick([...queues.keys()]);
      this.#wire.push(queues.get(key)!.shift()!);
      if (queues.get(key)!.length === 0) queues.delete(key);
    }
  }

  #deliver(count: number): void {
    for (const { sent, of, left } of this.#wire.splice(0, count)) {
      if (!this.#session) return;
      const asked = of === null ? null : this.asked.get(of)!;
      if (asked) asked.left = left;
      const settled = asked?.outcomes.length ?? 0;
      this.#apply(
        typeof sent === "string"
          ? this.#session.text(sent, this.#now)
          : this.#session.binary(sent, this.#now),
      );
      if (!asked || left > 0 || settled > 0) continue;
      assert.equal(asked.outcomes.length, 1, `A whole answer (${asked.way}) was not taken`);
      assert.ok(asked.outcomes[0].ok, `A right answer (${asked.way}) was refused`);
    }
  }

  #pass(): void {
    this.#now += this.#random.integer(0, 2 * WITHIN_MS);
    this.#apply(this.#session!.expire(this.#now));
    assert.ok(this.#session === null || this.#session.due_ms > this.#now);
  }

  #drop(): void {
    this.#apply(this.#session?.end("The board has gone") ?? []);
    this.#lose();
  }

  /** A new session on the same socket: only while nothing is under way. */
  #hibernate(): void {
    if (this.#session!.inFlight === 0) this.#session = new BoardSession("n", this.#session!.hello);
  }

  #lose(): void {
    for (const { of } of this.#wire) if (of !== null) this.asked.get(of)!.left = null;
    this.#wire = [];
    this.#session = null;
  }

  #apply(effects: BoardEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "settled") this.#settle(this.asked.get(effect.run)!, effect.outcome);
    }
    if (effects.some(({ kind }) => kind === "close")) {
      assert.equal(this.#session!.takes(0), false);
      assert.deepEqual(this.#session!.text("{", this.#now), []);
      assert.deepEqual(this.#session!.end("again", 1), []);
      this.#lose();
    }
    assert.ok((this.#session?.inFlight ?? 0) <= HELLO.in_flight_max);
  }

  #settle(asked: Asked, outcome: BoardOutcome): void {
    asked.outcomes.push(outcome);
    assert.equal(asked.outcomes.length, 1, `An ask was settled twice: ${asked.way}`);
    if (!outcome.ok) return;
    assert.equal(asked.left, 0, `What had not come whole was taken for an answer: ${asked.way}`);
    assert.deepEqual(outcome, { ok: true, outputs: asked.outputs, measured: MEASURED });
  }
}

Deno.test(`an ask is settled once, by a right answer or none, over ${SEEDS} seeds of everything that a board does`, () => {
  const answered = new Map<Way, number>();
  for (let seed = 0; seed < SEEDS; seed++) {
    const world = new World(seeded(seed));
    try {
      for (let step = 0; step < STEPS; step++) world.step();
      world.finish();
      for (const { way, outcomes } of world.asked.values()) {
        assert.equal(outcomes.length, 1, `An ask was never settled: ${way}`);
        if (outcomes[0].ok) answered.set(way, (answered.get(way) ?? 0) + 1);
      }
    } catch (error) {
      throw new Error(`Seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  // The simulation is of use only if it reaches both: answers of every good way, and of no bad one.
  for (const way of [...RIGHT, "more data than was told", "again, later"] as const) {
    assert.ok((answered.get(way) ?? 0) > SEEDS / 100, `${way}: ${answered.get(way)}`);
  }
  for (const way of WRONG) assert.equal(answered.get(way), undefined, way);
});

function greeted(change: object = {}): BoardSession {
  const session = new BoardSession("n", null);
  session.text(JSON.stringify({ ...HELLO, ...change }), 0);
  return session;
}

const codes = (effects: BoardEffect[]) =>
  effects.flatMap((effect) => effect.kind === "close" ? [effect.code] : []);

Deno.test("a board that has not said hello, or not in this protocol, gets no run", () => {
  assert.equal(new BoardSession("n", null).takes(0), false);
  const report = JSON.stringify({ type: "report", temperature_k: 300 });
  assert.deepEqual(codes(new BoardSession("n", null).text(report, 0)), [4_002]);
  const newer = JSON.stringify({ ...HELLO, protocol: 2 });
  assert.deepEqual(codes(new BoardSession("n", null).text(newer, 0)), [4_002]);
  assert.deepEqual(codes(greeted().text(JSON.stringify(HELLO), 0)), [4_002]);
});

Deno.test("no board gets more runs or bytes than its session has room for", () => {
  const session = greeted({ in_flight_max: 2 });
  const run = request([vector("a", [1])]);
  for (const _ of [1, 2]) session.begin(crypto.randomUUID(), run, 0);
  assert.equal(session.takes(0), false);
  assert.throws(() => session.begin(crypto.randomUUID(), run, 0), RangeError);
  assert.equal(greeted().takes(IN_FLIGHT_BYTES_MAX), true);
  assert.equal(greeted().takes(IN_FLIGHT_BYTES_MAX + 1), false);
  const greedy = new BoardSession("n", null);
  const hello = { ...HELLO, in_flight_max: IN_FLIGHT_MAX + 1 };
  assert.deepEqual(codes(greedy.text(JSON.stringify(hello), 0)), [4_002]);
});

Deno.test("a board that floods is cut off, and one that reports as it should is not", () => {
  const flood = greeted();
  const report = JSON.stringify({ type: "report", temperature_k: null });
  const closed = Array.from({ length: 301 }, () => codes(flood.text(report, 0))).flat();
  assert.deepEqual(closed, [4_002]);
  const heavy = greeted();
  const [frame] = framesOf(crypto.randomUUID(), [vector("late", Array(2 ** 20).fill(0))]);
  // 64 MiB a minute: fifteen frames of 4 MiB and their ids.
  const cut = Array.from({ length: 16 }, () => codes(heavy.binary(frame, 0)));
  assert.deepEqual(cut, [...Array(15).fill([]), [4_002]]);
  const steady = greeted();
  for (let minute = 0; minute < 1_000; minute++) {
    assert.deepEqual(codes(steady.text(report, minute * 60_000)), []);
  }
});

Deno.test("outputs of a size that the model leaves open are taken up to the bytes that were paid for", () => {
  const open = (bytes_max: number) =>
    request([], { outputs: [{ name: "a", datatype: "FP32", shape: [-1, 2] }], bytes_max });
  const answer = (shape: number[], bytes: number) => {
    const session = greeted();
    const run = crypto.randomUUID();
    session.begin(run, open(64), 0);
    const outputs = [{ name: "a", datatype: "FP32", shape, bytes }];
    return codes(
      session.text(JSON.stringify({ type: "result", run, outputs, measured: MEASURED }), 0),
    );
  };
  assert.deepEqual(answer([8, 2], 64), []);
  assert.deepEqual(answer([9, 2], 72), [4_002]);
  assert.deepEqual(answer([4, 3], 48), [4_002]);
  assert.deepEqual(answer([2 ** 40, 2], 64), [4_002]);
});

Deno.test("BYTES come through frames as they are, and no others than their tensor's bytes have", () => {
  const texts = ["", "a", "grün".repeat(100_000)].map((text) => new TextEncoder().encode(text));
  const output: Tensor = { name: "t", datatype: "BYTES", shape: [3], data: texts };
  const ask = (header: object) => {
    const session = greeted();
    const run = crypto.randomUUID();
    session.begin(
      run,
      request([], { outputs: [{ name: "t", datatype: "BYTES", shape: [3] }], bytes_max: 1e6 }),
      0,
    );
    const outputs = [{ ...headerOf(output), ...header }];
    const told = session.text(
      JSON.stringify({ type: "result", run, outputs, measured: MEASURED }),
      0,
    );
    return [...told, ...[...framesOf(run, [output])].flatMap((frame) => session.binary(frame, 0))];
  };
  const [settled] = ask({});
  assert.ok(settled.kind === "settled" && settled.outcome.ok);
  assert.deepEqual(settled.outcome.outputs, [output]);
  assert.deepEqual(codes(ask({ bytes: 13 })), [4_002]);
});
