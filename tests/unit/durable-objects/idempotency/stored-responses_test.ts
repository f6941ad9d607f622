/**
 * Who runs and who is answered, against what the history of all runs allows: seeded interleavings of
 * askers, crashes, stale runs, restarts of the object and clocks that jump.
 * @module
 */
import assert from "node:assert/strict";
import {
  ANSWER_KEPT_MS,
  CRASHED_AFTER_MS,
  PART_CHARS,
  StoredResponses,
} from "../../../../durable-objects/idempotency/stored-responses.ts";
import type { Begun, RunRight } from "../../../../durable-objects/idempotency/stored-responses.ts";
import { IDEMPOTENCY_MIGRATIONS } from "../../../../durable-objects/idempotency/migrations.ts";
import { seeded } from "../../../support/random.ts";
import { memorySql } from "../../../support/memory-sql.ts";

const NOW = 1_800_000_000_000;

const ask = (fingerprint = "a", execution_id = "first", key_hash = "k") => ({
  key_hash,
  fingerprint,
  execution_id,
});

function turnOf(begun: Begun): RunRight {
  assert.equal(begun.is, "run");
  return (begun as Begun & { is: "run" }).turn;
}

Deno.test("begin() runs a request once and gives its answer until a day has passed", () => {
  const answers = new StoredResponses(memorySql(IDEMPOTENCY_MIGRATIONS));
  const turn = turnOf(answers.begin(ask(), NOW));
  assert.deepEqual(answers.begin(ask(), NOW + 1), { is: "running" });
  assert.ok(answers.finish(turn, "sealed", NOW + 5));
  const replay = { is: "replay", execution_id: "first", parts: 1, first: "sealed" };
  assert.deepEqual(answers.begin(ask(), NOW + 6), replay);
  assert.deepEqual(answers.begin(ask(), NOW + 5 + ANSWER_KEPT_MS - 1), replay);
  const again = turnOf(answers.begin(ask("a", "second"), NOW + 5 + ANSWER_KEPT_MS));
  assert.equal(again.execution_id, "second");
});

Deno.test("begin() refuses another request under a key that runs or has an answer", () => {
  const answers = new StoredResponses(memorySql(IDEMPOTENCY_MIGRATIONS));
  const turn = turnOf(answers.begin(ask("a"), NOW));
  assert.deepEqual(answers.begin(ask("b"), NOW), { is: "other" });
  assert.deepEqual(answers.begin(ask("b"), NOW + CRASHED_AFTER_MS), { is: "other" });
  answers.finish(turn, "sealed", NOW);
  assert.deepEqual(answers.begin(ask("b"), NOW), { is: "other" });
  turnOf(answers.begin(ask("b", "second", "another key"), NOW));
});

Deno.test("begin() tells requests apart by their headers, where both releases say which they were", () => {
  const sql = memorySql(IDEMPOTENCY_MIGRATIONS);
  const answers = new StoredResponses(sql);
  const turn = turnOf(answers.begin({ ...ask(), headers_hash: "json" }, NOW));
  assert.deepEqual(answers.begin({ ...ask(), headers_hash: "binary" }, NOW), { is: "other" });
  answers.finish(turn, "sealed", NOW);
  assert.deepEqual(answers.begin({ ...ask(), headers_hash: "binary" }, NOW), { is: "other" });
  for (const headers_hash of ["json", undefined]) {
    assert.equal(answers.begin({ ...ask(), headers_hash }, NOW).is, "replay");
  }
  // As release 7ab9cf5 writes a row: over one of this release, whose headers it leaves behind.
  sql.exec("INSERT OR REPLACE INTO keys VALUES ('k', 'a', 'older', 1, 'running', ?, ?)", NOW, NOW);
  answers.finish({ key_hash: "k", execution_id: "older", attempt: 1 }, null, NOW);
  assert.equal(answers.begin({ ...ask(), headers_hash: "binary" }, NOW).is, "unkept");
  answers.sweep(NOW + ANSWER_KEPT_MS);
  assert.deepEqual(sql.exec("SELECT * FROM key_headers").toArray(), []);
});

Deno.test("A released key is free for any request; the same one keeps its execution id", () => {
  const answers = new StoredResponses(memorySql(IDEMPOTENCY_MIGRATIONS));
  answers.release(turnOf(answers.begin(ask("a", "1"), NOW)), NOW);
  const same = turnOf(answers.begin(ask("a", "2"), NOW));
  assert.equal(same.execution_id, "1");
  answers.release(same, NOW);
  const other = turnOf(answers.begin(ask("b", "3"), NOW));
  assert.equal(other.execution_id, "3");
  for (const stale of [same, { ...other, attempt: 1 }]) {
    assert.equal(answers.finish(stale, "stale", NOW), false);
    assert.equal(answers.release(stale, NOW), false);
    assert.equal(answers.beat(stale, NOW), false);
  }
  assert.ok(answers.finish(other, "sealed", NOW));
  assert.equal(answers.finish(other, "twice", NOW), false);
});

Deno.test("A run that beats is never taken over, one that does not is after a minute, and cannot finish", () => {
  const answers = new StoredResponses(memorySql(IDEMPOTENCY_MIGRATIONS));
  const crashed = turnOf(answers.begin(ask("a", "1"), NOW));
  for (let now = NOW; now < NOW + 10 * CRASHED_AFTER_MS; now += CRASHED_AFTER_MS / 4) {
    assert.ok(answers.beat(crashed, now));
    assert.deepEqual(answers.begin(ask("a", "2"), now + CRASHED_AFTER_MS - 1), { is: "running" });
  }
  const later = NOW + 20 * CRASHED_AFTER_MS;
  const next = turnOf(answers.begin(ask("a", "2"), later));
  assert.deepEqual([next.execution_id, next.attempt], ["1", 2]);
  assert.equal(answers.finish(crashed, "stale", later), false);
  assert.ok(answers.finish(next, "sealed", later));
});

Deno.test("A clock that jumps back by a year holds a crashed run's key for a minute more", () => {
  const answers = new StoredResponses(memorySql(IDEMPOTENCY_MIGRATIONS));
  turnOf(answers.begin(ask("a", "1"), NOW));
  const back = NOW - 365 * 86_400_000;
  assert.deepEqual(answers.begin(ask("a", "2"), back), { is: "running" });
  assert.deepEqual(answers.begin(ask("a", "2"), back + CRASHED_AFTER_MS - 1), { is: "running" });
  assert.equal(turnOf(answers.begin(ask("a", "2"), back + CRASHED_AFTER_MS)).execution_id, "1");
});

Deno.test("A large answer is kept in parts of at most 1 MB, and all of them are deleted with it", () => {
  const sql = memorySql(IDEMPOTENCY_MIGRATIONS);
  const answers = new StoredResponses(sql);
  for (const length of [1, PART_CHARS, PART_CHARS + 1, 11 * PART_CHARS]) {
    const key = `of ${length}`;
    const sealed = "x".repeat(length - 1) + "y";
    const turn = turnOf(answers.begin(ask("a", "1", key), NOW));
    answers.finish(turn, sealed, NOW);
    const begun = answers.begin(ask("a", "2", key), NOW);
    assert.ok(begun.is === "replay");
    assert.equal(begun.parts, Math.ceil(length / PART_CHARS));
    const parts = Array.from({ length: begun.parts }, (_, part) => answers.part(turn, part)!);
    assert.ok(parts.every((part) => part.length <= PART_CHARS));
    assert.ok(parts.join("") === sealed, key);
    assert.equal(answers.part({ ...turn, execution_id: "another" }, 0), null);
    assert.equal(answers.part(turn, begun.parts), null);
  }
  answers.sweep(NOW + ANSWER_KEPT_MS);
  assert.deepEqual(sql.exec("SELECT key_hash FROM parts").toArray(), []);
  assert.equal(answers.nextExpiry(), null);
});

Deno.test("An answer too large to keep leaves a mark: the request does not run again", () => {
  const answers = new StoredResponses(memorySql(IDEMPOTENCY_MIGRATIONS));
  answers.finish(turnOf(answers.begin(ask(), NOW)), null, NOW);
  assert.deepEqual(answers.begin(ask(), NOW + ANSWER_KEPT_MS - 1), { is: "unkept" });
  assert.deepEqual(answers.begin(ask("b"), NOW), { is: "other" });
});

Deno.test("sweep() deletes a bounded number of what is past its time, by an index, and nothing else", () => {
  const sql = memorySql(IDEMPOTENCY_MIGRATIONS);
  const answers = new StoredResponses(sql);
  for (let i = 0; i < 250; i++) {
    answers.finish(turnOf(answers.begin(ask("a", "1", `old ${i}`), NOW + i)), "s", NOW + i);
  }
  turnOf(answers.begin(ask("a", "1", "young"), NOW + 1_000));
  const left = () => sql.exec<{ n: number }>("SELECT count(*) AS n FROM keys").toArray()[0].n;
  const swept: number[] = [];
  while (left() > 1) {
    const before = left();
    answers.sweep(NOW + ANSWER_KEPT_MS + 500);
    swept.push(before - left());
    assert.ok(swept.at(-1)! > 0, "it deletes nothing any more");
  }
  assert.ok(Math.max(...swept) <= 100, `${swept}`);
  answers.sweep(NOW + ANSWER_KEPT_MS + 500);
  assert.equal(answers.nextExpiry(), NOW + 1_000 + ANSWER_KEPT_MS);
  const plan = sql.exec<{ detail: string }>(
    "EXPLAIN QUERY PLAN SELECT key_hash FROM keys WHERE expires_ms <= 5 ORDER BY expires_ms LIMIT 9",
  ).toArray();
  assert.ok(plan.every(({ detail }) => detail.includes("keys_expire")), JSON.stringify(plan));
});

/** What one key may do next, told from all that happened to it. */
interface History {
  fingerprint: string;
  execution_id: string;
  /** The run that holds the key. */
  holds: RunRight | null;
  heard_ms: number;
  answer: string | null;
  expires_ms: number;
}

interface World {
  answers: StoredResponses;
  clock: number;
  keys: Map<string, History>;
  /** Every run that was ever begun, and may yet come back. */
  runs: { turn: RunRight; key: string }[];
  ids: number;
  counts: Record<string, number>;
}

Deno.test("Over seeded interleavings, crashes and clock jumps no request has two answers, two ids or two runs that count", () => {
  const counts: Record<string, number> = {};
  for (let seed = 1; seed <= 300; seed++) {
    const { next, integer } = seeded(seed);
    const below = (n: number) => integer(0, n - 1);
    const sql = memorySql(IDEMPOTENCY_MIGRATIONS);
    const world: World = {
      answers: new StoredResponses(sql),
      clock: NOW,
      keys: new Map(),
      runs: [],
      ids: 0,
      counts,
    };
    for (let step = 0; step < 200; step++) {
      const at = `seed ${seed}, step ${step}`;
      const pick = next();
      if (pick < 0.5) begin(world, `k${below(3)}`, "ab"[below(8) === 0 ? 1 : 0], at);
      else if (pick < 0.75 && world.runs.length > 0) {
        end(
          world,
          below(world.runs.length),
          (["answer", "release", "beat"] as const)[below(3)],
          at,
        );
      } else if (pick < 0.8) world.answers = new StoredResponses(sql);
      else if (pick < 0.85) sweep(world);
      else if (pick < 0.88) world.clock -= below(2 * 3_600_000);
      else if (pick < 0.9) world.clock += below(ANSWER_KEPT_MS);
      else world.clock += below(CRASHED_AFTER_MS);
    }
  }
  // A simulation that never gets there proves nothing.
  for (
    const what of ["run", "takeover", "replay", "other", "running", "stale", "expired", "back"]
  ) {
    assert.ok(counts[what] > 50, `${what}: ${counts[what]} of ${JSON.stringify(counts)}`);
  }
});

function begin(world: World, key: string, fingerprint: string, at: string): void {
  const { answers, clock, keys, counts } = world;
  const count = (what: string) => counts[what] = (counts[what] ?? 0) + 1;
  const offered = `id-${++world.ids}`;
  const begun = answers.begin({ key_hash: key, fingerprint, execution_id: offered }, clock);
  const known = keys.get(key);
  const expired = known?.holds === null && clock >= known.expires_ms;
  if (expired) count("expired");
  const run = (execution_id: string) => {
    const turn = turnOf(begun);
    assert.equal(turn.execution_id, execution_id, at);
    const same = world.runs.some((run) =>
      run.key === key && run.turn.attempt === turn.attempt &&
      run.turn.execution_id === turn.execution_id
    );
    assert.ok(!same, `${at}: two runs have one turn`);
    world.runs.push({ turn, key });
    keys.set(key, {
      fingerprint,
      execution_id,
      holds: turn,
      heard_ms: clock,
      answer: null,
      expires_ms: clock + ANSWER_KEPT_MS,
    });
  };
  if (!known || expired) {
    count("run");
    return run(offered);
  }
  const same = known.fingerprint === fingerprint;
  if (known.holds === null && known.answer === null) {
    count("run");
    return run(same ? known.execution_id : offered);
  }
  if (!same) {
    count("other");
    return assert.deepEqual(begun, { is: "other" }, at);
  }
  if (known.answer !== null) {
    count("replay");
    const { execution_id, answer } = known;
    return assert.deepEqual(begun, { is: "replay", execution_id, parts: 1, first: answer }, at);
  }
  if (clock - known.heard_ms >= CRASHED_AFTER_MS) {
    count("takeover");
    return run(known.execution_id);
  }
  if (clock < known.heard_ms) {
    count("back");
    known.heard_ms = clock;
  }
  count("running");
  assert.deepEqual(begun, { is: "running" }, at);
}

function end(world: World, index: number, how: "answer" | "release" | "beat", at: string): void {
  const { answers, clock, keys, counts } = world;
  const { turn, key } = world.runs[index];
  const known = keys.get(key);
  const text = `answer of ${turn.execution_id} at ${at}`;
  const had = how === "answer"
    ? answers.finish(turn, text, clock)
    : how === "release"
    ? answers.release(turn, clock)
    : answers.beat(turn, clock);
  // Only the run that holds the key may end it: any other is stale.
  assert.equal(had, known?.holds === turn, at);
  if (!known || known.holds !== turn) {
    counts.stale = (counts.stale ?? 0) + 1;
    return;
  }
  known.expires_ms = clock + ANSWER_KEPT_MS;
  if (how === "beat") known.heard_ms = clock;
  else known.holds = null;
  if (how === "answer") known.answer = text;
}

function sweep({ answers, clock, keys }: World): void {
  answers.sweep(clock);
  for (const [key, { expires_ms }] of keys) if (expires_ms <= clock) keys.delete(key);
}
