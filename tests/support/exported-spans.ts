/**
 * What a piece of code sends to a collector, without one: in place of `fetch`.
 * @module
 */
import { type CollectedSpan, spansIn } from "./trace-collector.ts";

/** Runs code, and what it lets go on behind its answer. @returns the spans, and what it rejected with */
export async function exportedSpans(
  run: (after: (work: Promise<unknown>) => void) => Promise<unknown> | void,
): Promise<{ spans: CollectedSpan[]; error: unknown }> {
  const { fetch } = globalThis;
  const spans: CollectedSpan[] = [];
  globalThis.fetch = (_, init) => {
    spans.push(...spansIn(JSON.parse(init!.body as string)));
    return Promise.resolve(Response.json({}));
  };
  const behind: Promise<unknown>[] = [];
  let error: unknown = null;
  try {
    await run((work) => behind.push(work));
  } catch (thrown) {
    error = thrown;
  }
  try {
    await Promise.all(behind);
  } finally {
    globalThis.fetch = fetch;
  }
  return { spans, error };
}
