/**
 * Benchmarks rot unless they run: each runs small here, and its verdicts that do not hang on time must hold.
 */
import assert from "node:assert/strict";
import { BENCHES, render } from "../../benches/main.ts";

/** Of a small run on a busy machine; what is timed is read from docs/performance.md instead. */
const TIMED = /\bus\b|\bms\b|\d s\b|\bx\b|%|\/s$/;

for (const bench of BENCHES) {
  Deno.test(`${bench.name}() runs small, and what it finds holds`, async () => {
    const report = await bench({ small: true });
    assert.ok(report.lines.length > 0);
    for (const { what, measured, holds } of report.lines) {
      if (TIMED.test(measured)) continue;
      assert.notEqual(holds, false, `${what}: ${measured}`);
    }
    assert.match(render(report), new RegExp(`^## ${report.title.slice(0, 10)}`));
  });
}
