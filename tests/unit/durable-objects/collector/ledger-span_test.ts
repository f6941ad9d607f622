import assert from "node:assert/strict";
import { tracedWrite } from "../../../../durable-objects/collector/ledger-span.ts";
import type { Execution } from "../../../../ledger/execution.ts";
import { randomExecutions } from "../../../support/random-executions.ts";
import { exportedSpans } from "../../../support/exported-spans.ts";

const ENV = {
  PERIGEE_LEDGER_URL: "libsql://ledger.example",
  PERIGEE_OTLP_URL: "http://collector.example/v1/traces",
};
const parentOf = (n: number, flags = "01") =>
  `00-${`${n}`.repeat(32)}-${`${n}`.repeat(16)}-${flags}`;

/** Three executions: of a trace, of none, and of another trace. */
function executions(): Execution[] {
  const [first, second, third] = randomExecutions(3, 5);
  return [
    { ...first, trace: { traceparent: parentOf(1), tracestate: "congo=1" } },
    second,
    { ...third, trace: { traceparent: parentOf(3) } },
  ];
}

Deno.test("A write stands once in the trace of each execution that has one, and the ledger gets the first", async () => {
  const batch = executions();
  const headers: unknown[] = [];
  const { spans } = await exportedSpans((after) =>
    tracedWrite(ENV, batch, (sent) => Promise.resolve(headers.push(sent)), after)
  );
  assert.deepEqual(
    spans.map(({ traceId, parentSpanId, name, kind }) => [traceId, parentSpanId, name, kind]),
    [
      ["1".repeat(32), "1".repeat(16), "ledger write", 3],
      ["3".repeat(32), "3".repeat(16), "ledger write", 3],
    ],
  );
  for (const [i, of] of [batch[0], batch[2]].entries()) {
    assert.equal(spans[i].attributes["perigee.execution_id"], of.receipt.id);
    assert.equal(spans[i].attributes["db.operation.batch.size"], 3);
  }
  assert.deepEqual(headers, [{
    traceparent: `00-${"1".repeat(32)}-${spans[0].spanId}-01`,
    tracestate: "congo=1",
  }]);
});

Deno.test("A write that fails fails as ever, and is a failed span", async () => {
  const { spans, error } = await exportedSpans((after) =>
    tracedWrite(
      ENV,
      executions(),
      () => Promise.reject(new RangeError("the ledger is away")),
      after,
    )
  );
  assert.match(`${error}`, /the ledger is away/);
  assert.deepEqual(spans.map(({ status, attributes }) => [status, attributes["error.type"]]), [
    [2, "RangeError"],
    [2, "RangeError"],
  ]);
});

Deno.test("Nothing is recorded without a collector, nor of a trace that nobody records", async () => {
  const [execution] = executions();
  const unsampled = { ...execution, trace: { traceparent: parentOf(1, "00") } };
  const { PERIGEE_OTLP_URL: _, ...off } = ENV;
  for (const [env, one] of [[off, execution], [ENV, unsampled]] as const) {
    const headers: unknown[] = [];
    const { spans } = await exportedSpans((after) =>
      tracedWrite(env, [one], (sent) => Promise.resolve(headers.push(sent)), after)
    );
    assert.deepEqual([spans, headers], [[], [undefined]]);
  }
});
