import assert from "node:assert/strict";
import { stillRings } from "../../../../durable-objects/shared/alarm.ts";

const NOW = Date.UTC(2026, 10, 27);

Deno.test("stillRings() is of what lies ahead or is a little late, not of what is long overdue or was never set", () => {
  for (const ahead_ms of [60_000, 1, 0, -1_000, -4_999]) assert.ok(stillRings(NOW + ahead_ms, NOW));
  for (const ahead_ms of [-5_000, -60_000, Infinity, -Infinity]) {
    assert.ok(!stillRings(NOW + ahead_ms, NOW));
  }
});
