/**
 * A small run of `deno task kills`.
 * @module
 */
import assert from "node:assert/strict";
import { killAndCount } from "./kills.ts";

Deno.test("Under kill -9 of workerd and of the ledger nothing answered is lost, nothing charged twice, no budget overrun", async () => {
  const plan = { workerd: 6, ledger: 4, writers: 9, seed: 1, budget: 300 };
  const { answered, charged, killed } = await killAndCount(plan);
  assert.deepEqual(killed, { workerd: 6, ledger: 4 });
  assert.ok(answered > 50 && charged > 0, `${answered} answers, ${charged} charged`);
});
