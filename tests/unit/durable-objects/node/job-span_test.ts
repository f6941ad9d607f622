import assert from "node:assert/strict";
import type { Job, JobResult } from "../../../../durable-objects/node/job.ts";
import { JobSpan } from "../../../../durable-objects/node/job-span.ts";
import type { NpuTurn } from "../../../../durable-objects/node/npu.ts";
import { ModelFailure } from "../../../../inference/engine.ts";
import { randomExecutions } from "../../../support/random-executions.ts";
import { exportedSpans } from "../../../support/exported-spans.ts";

const ENV = {
  PERIGEE_LEDGER_URL: "libsql://ledger.example",
  PERIGEE_OTLP_URL: "http://collector.example/v1/traces",
};
const TRACE = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` };
const [EXECUTION] = randomExecutions(1, 9);

/** Of a job, what a span says. */
const JOB = {
  id: EXECUTION.receipt.id,
  address: { node: "G2A-017-042", region: "weur" },
  model: "drive-rss",
  demand: { class: "interactive" },
  bill: { tenant_id: "acme" },
  placement: EXECUTION.placement,
} as unknown as Job;
const TURN = {} as NpuTurn;

const OUTCOMES: [string, JobResult, number, Record<string, unknown>][] = [
  [
    "an answer",
    { ok: true, execution: EXECUTION } as JobResult,
    0,
    { "perigee.modelled.npu_ms": EXECUTION.placement.modelled_npu_ms },
  ],
  ["a refusal", { ok: false, refusal: "dark", digest: null }, 0, { "perigee.refusal": "dark" }],
  ["a move", { ok: false, moved: "apac" }, 0, { "perigee.moved_to": "apac" }],
  [
    "a failure",
    { ok: false, failed: { failure: "model_failed", message: "" } } as JobResult,
    2,
    { "error.type": "model_failed" },
  ],
];

for (const [what, result, status, attributes] of OUTCOMES) {
  Deno.test(`A node's span tells ${what} for what it is`, async () => {
    const { spans } = await exportedSpans((after) => {
      const span = JobSpan.of(ENV, { ...JOB, trace: TRACE })!;
      span.result(result);
      span.end(ENV, after);
    });
    const [node, ...others] = spans;
    assert.deepEqual(others, []);
    assert.equal(node.status, status);
    assert.equal(node.parentSpanId, "b".repeat(16));
    const expected = { "perigee.node": "G2A-017-042", "perigee.tenant": "acme", ...attributes };
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(node.attributes[name], value, name);
    }
  });
}

Deno.test("A turn that is lost fails the wait alone, and a model that fails its engine", async () => {
  const { spans } = await exportedSpans((after) => {
    const span = JobSpan.of(ENV, { ...JOB, trace: TRACE })!;
    span.queued();
    span.called(null);
    span.queued();
    span.called(TURN);
    span.ran(40, new ModelFailure("model_failed", "it divides by nothing"));
    span.end(ENV, after);
  });
  assert.deepEqual(
    spans.map(({ name, status, attributes }) => [name, status, attributes["error.type"]]),
    [
      ["queue", 2, "let_go"],
      ["queue", 0, undefined],
      ["infer drive-rss", 2, "model_failed"],
      ["node", 0, undefined],
    ],
  );
  const engine = spans[2];
  assert.equal(engine.end - engine.start, 40_000_000n);
});

Deno.test("A job without a trace has no span, nor has any where no collector is set", () => {
  assert.equal(JobSpan.of(ENV, JOB), null);
  const { PERIGEE_OTLP_URL: _, ...off } = ENV;
  assert.equal(JobSpan.of(off, { ...JOB, trace: TRACE }), null);
});
