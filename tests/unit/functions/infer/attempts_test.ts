/**
 * One ask at several nodes, with replies that come in the order in which a test lets them: who is told of,
 * who is committed, who is left alone.
 * @module
 */
import assert from "node:assert/strict";
import {
  type Attempt,
  type AttemptPorts,
  Attempts,
  type Outcome,
  type Reply,
} from "../../../../functions/infer/attempts.ts";
import type { Execution } from "../../../../ledger/execution.ts";
import { randomExecutions } from "../../../support/random-executions.ts";

const [EXECUTION] = randomExecutions(1, 1);

const by = (node: string): Execution => ({
  receipt: { ...EXECUTION.receipt, node },
  placement: { ...EXECUTION.placement, node },
});
const ran = (node: string): Reply<string> => ({ ran: node, execution: by(node) });
const turns = async () => {
  for (let i = 0; i < 20; i++) await null;
};

/** Attempts whose replies, timer and commits a test settles by hand. */
class ByHand implements AttemptPorts<string, string> {
  readonly sent: [string, Attempt][] = [];
  readonly withdrawn: string[] = [];
  readonly committed: [first: string, node: string][] = [];
  /** What each commit says; by default, that the given run counts. */
  words: (Execution | null | "not_committed")[] = [];
  may_hedge = true;
  late_ms: number | null = 10;
  readonly #replies = new Map<string, PromiseWithResolvers<Reply<string>>>();
  #late = Promise.withResolvers<null>();

  send = (candidate: string, attempt: Attempt) => {
    this.sent.push([candidate, attempt]);
    return this.#replyOf(candidate).promise;
  };
  lateAfter = () => this.late_ms;
  mayHedge = () => this.may_hedge;
  within = <T>(_ms: number, promise: Promise<T>) => Promise.race([promise, this.#late.promise]);
  commit = (first: string, execution: Execution) => {
    this.committed.push([first, execution.receipt.node]);
    return Promise.resolve(this.words.length > 0 ? this.words.shift()! : execution);
  };
  withdraw = (candidate: string) => void this.withdrawn.push(candidate);

  async reply(candidate: string, reply: Reply<string>): Promise<void> {
    this.#replyOf(candidate).resolve(reply);
    await turns();
  }

  async late(): Promise<void> {
    this.#late.resolve(null);
    await turns();
  }

  #replyOf(candidate: string) {
    const known = this.#replies.get(candidate) ?? Promise.withResolvers<Reply<string>>();
    this.#replies.set(candidate, known);
    return known;
  }
}

function start(ports: ByHand, is_known = false): { outcome: () => Outcome<string> | undefined } {
  let outcome: Outcome<string> | undefined;
  void new Attempts(ports, is_known).make(["a", "b", "c"]).then((end) => outcome = end);
  return { outcome: () => outcome };
}

Deno.test("An ask whose node answers in time asks one node, and commits and withdraws nothing", async () => {
  const ports = new ByHand();
  const { outcome } = start(ports);
  await ports.reply("a", ran("a"));
  assert.deepEqual(outcome(), { ran: "a", counts: by("a"), unsure: false });
  assert.deepEqual(ports.sent, [["a", { number: 1, tentative: false }]]);
  assert.deepEqual([ports.committed, ports.withdrawn], [[], []]);
});

Deno.test("A late ask goes to the next node tentatively; if that one is first, its run is committed at the first one's collector before it is told", async () => {
  const ports = new ByHand();
  const { outcome } = start(ports);
  await turns();
  await ports.late();
  assert.deepEqual(ports.sent[1], ["b", { number: 2, tentative: true }]);
  await ports.reply("b", ran("b"));
  assert.deepEqual(outcome(), { ran: "b", counts: by("b"), unsure: true });
  assert.deepEqual(ports.committed, [["a", "b"]]);
  assert.deepEqual(ports.withdrawn, ["a"]);
});

Deno.test("Where the late node's receipt was there first, its execution is what the caller is told", async () => {
  const ports = new ByHand();
  ports.words = [by("a")];
  const { outcome } = start(ports);
  await turns();
  await ports.late();
  await ports.reply("b", ran("b"));
  assert.deepEqual(outcome(), { ran: "b", counts: by("a"), unsure: true });
});

Deno.test("A late node that answers first after all is told without a commit, and the other one is withdrawn", async () => {
  const ports = new ByHand();
  const { outcome } = start(ports);
  await turns();
  await ports.late();
  await ports.reply("a", ran("a"));
  assert.deepEqual(outcome(), { ran: "a", counts: by("a"), unsure: false });
  assert.deepEqual([ports.committed, ports.withdrawn], [[], ["b"]]);
});

Deno.test("Where a commit got no word, no run is told of without one", async () => {
  const ports = new ByHand();
  ports.words = [null, by("b")];
  const { outcome } = start(ports);
  await turns();
  await ports.late();
  await ports.reply("b", ran("b"));
  assert.equal(outcome(), undefined);
  await ports.reply("a", ran("a"));
  assert.deepEqual(outcome(), { ran: "a", counts: by("b"), unsure: false });
  assert.deepEqual(ports.committed, [["a", "b"], ["a", "a"]]);
});

Deno.test("Where a collector knows no commits, the late node is waited for", async () => {
  const ports = new ByHand();
  ports.words = ["not_committed"];
  const { outcome } = start(ports);
  await turns();
  await ports.late();
  await ports.reply("b", ran("b"));
  await ports.reply("a", ran("a"));
  assert.deepEqual(outcome(), { ran: "a", counts: by("a"), unsure: false });
});

Deno.test("Where no commit gets a word, nobody is told of, nobody else is asked, and the charge is unknown", async () => {
  const ports = new ByHand();
  ports.words = [null, null];
  const { outcome } = start(ports);
  await turns();
  await ports.late();
  await ports.reply("b", ran("b"));
  await ports.reply("a", ran("a"));
  assert.deepEqual(outcome(), { ran: null, unsure: true });
  assert.equal(ports.sent.length, 2);
});

Deno.test("A node that dies is replaced by the next one, whose run is tentative", async () => {
  const ports = new ByHand();
  ports.late_ms = null;
  const { outcome } = start(ports);
  await ports.reply("a", "silent");
  await ports.reply("b", "silent");
  await ports.reply("c", ran("c"));
  assert.deepEqual(ports.sent.map(([, { tentative }]) => tentative), [false, true, true]);
  assert.deepEqual(outcome(), { ran: "c", counts: by("c"), unsure: true });
  // Only the first one has an outbox that a receipt may come from.
  assert.deepEqual(ports.committed, [["a", "c"]]);
});

Deno.test("A node that refuses has surely not run: the next one runs as if it were the first", async () => {
  const ports = new ByHand();
  const { outcome } = start(ports);
  await ports.reply("a", "refused");
  await ports.reply("b", ran("b"));
  assert.deepEqual(ports.sent.map(([, { tentative }]) => tentative), [false, false]);
  assert.deepEqual(outcome(), { ran: "b", counts: by("b"), unsure: false });
  assert.deepEqual(ports.committed, []);
});

Deno.test("An ask is hedged once at most: the third node is asked when both have refused", async () => {
  const ports = new ByHand();
  const { outcome } = start(ports);
  await turns();
  await ports.late();
  await ports.reply("b", "refused");
  assert.equal(ports.sent.length, 2);
  await ports.reply("a", "refused");
  assert.deepEqual(ports.sent[2], ["c", { number: 3, tentative: false }]);
  await ports.reply("c", "refused");
  assert.deepEqual(outcome(), { ran: null, unsure: false });
});

Deno.test("Without a hedge to spend, a late node is waited for", async () => {
  const ports = new ByHand();
  ports.may_hedge = false;
  const { outcome } = start(ports);
  await turns();
  await ports.late();
  assert.equal(ports.sent.length, 1);
  await ports.reply("a", ran("a"));
  assert.deepEqual(outcome(), { ran: "a", counts: by("a"), unsure: false });
});

Deno.test("A request that ran before under its Idempotency-Key is told what the ledger has, or its own run where nobody can tell", async () => {
  for (const word of [by("z"), null]) {
    const ports = new ByHand();
    ports.words = [word];
    const { outcome } = start(ports, true);
    await ports.reply("a", ran("a"));
    assert.deepEqual(outcome(), { ran: "a", counts: word ?? by("a"), unsure: false });
    assert.deepEqual(ports.committed, [["a", "a"]]);
  }
});

Deno.test("A run that failed and is not billed is committed nowhere", async () => {
  const ports = new ByHand();
  const { outcome } = start(ports);
  await turns();
  await ports.late();
  await ports.reply("b", { ran: "b", execution: null });
  assert.deepEqual(outcome(), { ran: "b", counts: null, unsure: true });
  assert.deepEqual(ports.committed, []);
});
