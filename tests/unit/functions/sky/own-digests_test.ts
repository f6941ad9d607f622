/**
 * What a tenant has heard of nodes itself, and how much of it is kept.
 * @module
 */
import assert from "node:assert/strict";
import { OwnDigests } from "../../../../functions/sky/own-digests.ts";
import type { Digest } from "../../../../mesh/node/digest.ts";

const digest = (at_ms: number): Digest => ({
  node: `G1A-000-${at_ms}`,
  at_ms,
  free_ms: { realtime: at_ms, interactive: at_ms, batch: at_ms },
  state_of_charge: 0.5,
  temperature_k: 300,
  npu_temperature_k: 300,
  npu_speed: 1,
  resident: [],
  refusing: null,
});
const held = (own: OwnDigests, tenant: string) =>
  [...own.of(tenant)].map(([index, { at_ms }]) => [index, at_ms]);

Deno.test("OwnDigests gives each tenant the newest digest of its own answers, and none of another's", () => {
  const own = new OwnDigests();
  own.note("a", 1, digest(10));
  own.note("b", 1, digest(20));
  own.note("a", 2, digest(30));
  own.note("a", 1, digest(5));
  assert.deepEqual(held(own, "a").sort(), [[1, 10], [2, 30]]);
  assert.deepEqual(held(own, "b"), [[1, 20]]);
  assert.deepEqual(held(own, "c"), []);
  own.drop(1);
  assert.deepEqual([held(own, "a"), held(own, "b")], [[[2, 30]], []]);
});

Deno.test("OwnDigests forgets the nodes and the tenants that were heard of longest ago", () => {
  const own = new OwnDigests();
  for (let i = 0; i < 1_000; i++) own.note("busy", i, digest(i));
  const indices = held(own, "busy").map(([index]) => index);
  assert.deepEqual(indices, Array.from({ length: 256 }, (_, i) => 744 + i));
  for (let i = 0; i < 63; i++) own.note(`tenant ${i}`, 1, digest(i));
  own.note("busy", 1, digest(1));
  own.note("tenant 63", 1, digest(1));
  assert.deepEqual(held(own, "tenant 0"), []);
  assert.equal(held(own, "busy").length, 256);
});
