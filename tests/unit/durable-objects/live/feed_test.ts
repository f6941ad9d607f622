import assert from "node:assert/strict";
import { advance, UNSEEN } from "../../../../durable-objects/live/feed.ts";

const NEWS = {
  executions: 3,
  more: false,
  energy_mj: 7,
  charge_microcredits: 300,
  sample: [],
};

Deno.test("advance() tells nothing at the first look and while nothing is new", () => {
  const first = advance(UNSEEN, { last: "a", news: null });
  assert.deepEqual(first, { state: { last: "a", ledger: "here" }, messages: [] });
  assert.deepEqual(advance(first.state, { last: "a", news: null }), first);
});

Deno.test("advance() tells once that the ledger went away, keeps its place, and tells of its return before the news", () => {
  const away = advance({ last: "a", ledger: "here" }, null);
  assert.deepEqual(away.messages, [{ type: "ledger", ledger: "away" }]);
  assert.deepEqual(away.state, { last: "a", ledger: "away" });
  assert.deepEqual(advance(away.state, null), { state: away.state, messages: [] });
  const back = advance(away.state, { last: "d", news: NEWS });
  assert.deepEqual(back.state, { last: "d", ledger: "here" });
  assert.deepEqual(back.messages, [{ type: "ledger", ledger: "here" }, { type: "news", ...NEWS }]);
});
