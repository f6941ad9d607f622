import assert from "node:assert/strict";
import { preferring, SessionNodes } from "../../../../functions/openai/session-nodes.ts";
import type { Candidate } from "../../../../mesh/placement/candidate.ts";
import type { Reason } from "../../../../mesh/placement/scores.ts";

const candidate = (node: string, refusal: Reason | null = null) => ({ node, refusal }) as Candidate;
const [a, b, c] = ["a", "b", "c"].map((node) => candidate(node));
const nodesOf = (ranked: Candidate[]) => ranked.map(({ node }) => node).join("");

Deno.test("A session's node is known for ten minutes after its last ask, by its model alone", () => {
  const sessions = new SessionNodes();
  assert.equal(sessions.last("s", "m", 0), null);
  sessions.note("s", "m", { node: "a", now_ms: 0 });
  assert.equal(sessions.last("s", "m", 600_000), "a");
  assert.equal(sessions.last("s", "m", 600_001), null);
  assert.equal(sessions.last("t", "m", 0), null);
  assert.equal(sessions.last("s", "other", 0), null);
  assert.equal(sessions.last(null, "m", 0), null);
  sessions.note("s", "m", { node: "b", now_ms: 600_000 });
  assert.equal(sessions.last("s", "m", 1_200_000), "b");
});

Deno.test("A session's node comes first while it takes the ask, and no more are asked than before", () => {
  assert.equal(nodesOf(preferring([a, b, c], c)), "cab");
  assert.equal(nodesOf(preferring([a, b], c)), "cab");
  assert.equal(nodesOf(preferring([a, b, c], candidate("c", "too_late"))), "abc");
  assert.equal(nodesOf(preferring([a, b, c], null)), "abc");
  const eight = [..."stuvwxyz"].map((node) => candidate(node));
  assert.equal(nodesOf(preferring(eight, a)), "astuvwxy");
});

Deno.test("Sessions that callers make up do not fill the memory: the oldest are forgotten", () => {
  const sessions = new SessionNodes();
  for (let i = 0; i <= 10_000; i++) sessions.note(`${i}`, "m", { node: "b", now_ms: 0 });
  assert.equal(sessions.last("0", "m", 0), null);
  assert.equal(sessions.last("1", "m", 0), "b");
});
