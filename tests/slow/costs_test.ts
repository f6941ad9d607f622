import assert from "node:assert/strict";
import { excessOf } from "../../tools/costs.ts";
import { countRuns } from "../../tools/costs/count-runs.ts";
import { costsPage, linesOf } from "../../tools/costs/costs-page.ts";

Deno.test("a run at rest writes 4 rows and makes 2.5 calls of objects at most, as workerd counts them", async () => {
  const cases = await countRuns({ small: true, say: () => {} });
  assert.deepEqual(excessOf(cases), []);
  for (const one of cases) {
    assert.equal(one.per_run.worker_requests.fetch, 1);
    assert.equal(one.per_run.calls["NODES.thinkText"], 1);
    // State and execution are written, whatever is joined.
    assert.ok(one.per_run.rows_written.OrbitalNode >= 2, one.what);
    assert.ok(linesOf(one).every(({ per_million_usd }) => per_million_usd >= 0));
  }
  assert.match(costsPage(cases), /## What is assumed/);
});
