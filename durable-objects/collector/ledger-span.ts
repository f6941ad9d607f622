/**
 * The last step of a trace: the write of its execution into the ledger. One transaction takes many
 * executions, so the span stands once in each of their traces, and says how many shared it.
 * @module
 */
import { settingsOf } from "../../contract/settings.ts";
import type { TraceHeaders } from "../../contract/trace.ts";
import type { Execution } from "../../ledger/execution.ts";
import { continueTrace, isolateSpans } from "../../telemetry/tracer.ts";

/**
 * Writes executions, and records it in the traces of those that have one.
 * @param write is given the headers for the ledger: of the first such trace, as a request has one parent
 * @param after lets work go on behind the write
 * @returns what `write` returned
 */
export async function tracedWrite<T>(
  env: object,
  executions: readonly Execution[],
  write: (headers: TraceHeaders | undefined) => Promise<T>,
  after: (work: Promise<unknown>) => void,
): Promise<T> {
  const { traces } = settingsOf(env);
  if (!traces) return await write(undefined);
  const spans = executions.flatMap(({ receipt, trace }) =>
    continueTrace(traces, trace, {
      name: "ledger write",
      kind: "client",
      attributes: {
        "db.system.name": "libsql",
        "db.operation.name": "INSERT",
        "db.operation.batch.size": executions.length,
        "perigee.execution_id": receipt.id,
      },
    }) ?? []
  );
  if (spans.length === 0) return await write(undefined);
  try {
    return await write(spans[0].headers());
  } catch (error) {
    for (const span of spans) span.fail(error instanceof Error ? error.name : "unknown");
    throw error;
  } finally {
    for (const span of spans) span.end();
    after(isolateSpans.flush(traces));
  }
}
