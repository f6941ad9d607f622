/**
 * `/metrics`: figures of this isolate, and of what all collectors and ledger caches know, in Prometheus'
 * text. An object that does not answer is missing, and counted as such: the others are shown.
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { ADMIN, problems } from "../../contract/responses.ts";
import { allCollectors, allLedgerCaches } from "../../durable-objects/names.ts";
import { withDeadline } from "../../contract/deadline.ts";
import {
  isolateMetrics,
  type Metric,
  METRICS_TYPE,
  metricsText,
  type Sample,
} from "../../telemetry/metrics.ts";
import { authenticateAdmin } from "../middleware/auth.ts";
import type { App } from "../context.ts";

// A scraper gives up after 10 s unless told otherwise: one object must not cost it all the others.
const ANSWER_MS_MAX = 5_000;

const metrics = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "readMetrics",
  tags: ["meter"],
  summary: "Figures of this isolate, the collectors and the ledger caches, for Prometheus",
  security: ADMIN,
  middleware: authenticateAdmin,
  responses: {
    200: {
      description: "In Prometheus' text format 0.0.4",
      content: { [METRICS_TYPE]: { schema: z.string() } },
    },
    ...problems("unauthenticated", "forbidden", "ledger_unavailable"),
  },
});

/** Adds GET /metrics. */
export function serveMetrics(app: App): void {
  app.openapi(metrics, async (c) => {
    const { env } = c.var.services;
    const [collectors, caches] = await Promise.all([
      ofEach(allCollectors(env), ({ collector }) => collector.backlog()),
      ofEach(allLedgerCaches(env), ({ cache }) => cache.counts()),
    ]);
    const text = metricsText([
      ...isolateMetrics,
      ...backlogMetrics(collectors.answers),
      ...cacheMetrics(caches.answers),
      metric("gauge", "perigee_objects_unreachable", "Objects that did not answer just now.", [
        { labels: { kind: "collector" }, value: collectors.silent },
        { labels: { kind: "ledger_cache" }, value: caches.silent },
      ]),
    ]);
    return c.text(text, 200, { "Content-Type": METRICS_TYPE });
  });
}

type Answers<T> = readonly (T & { name: string })[];

/** Asks each object. @returns what those say that answer, and how many do not */
async function ofEach<O extends { name: string }, T extends object>(
  objects: readonly O[],
  ask: (one: O) => PromiseLike<T>,
): Promise<{ answers: Answers<T>; silent: number }> {
  const asked = await Promise.allSettled(objects.map(async (one) => {
    const answer = await withDeadline(ANSWER_MS_MAX, ask(one));
    return { ...answer, name: one.name };
  }));
  const answers = asked.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
  return { answers, silent: objects.length - answers.length };
}

const metric = (
  type: Metric["type"],
  name: string,
  help: string,
  samples: readonly Sample[],
): Metric => ({ name, type, help, samples: () => samples });

function backlogMetrics(
  answers: Answers<{
    waiting: number;
    since_ms: number | null;
    poison: number;
    failures: number;
    /** Missing from an object that runs a release before it. */
    delivered?: number;
  }>,
): Metric[] {
  const of = (figure: (one: typeof answers[number]) => number | null | undefined): Sample[] =>
    answers.flatMap((one) => {
      const value = figure(one);
      if (value === null || value === undefined) return [];
      return [{ labels: { collector: one.name }, value }];
    });
  return [
    metric(
      "gauge",
      "perigee_backlog_receipts",
      "Receipts that wait for the ledger.",
      of(({ waiting }) => waiting),
    ),
    metric(
      "gauge",
      "perigee_backlog_oldest_timestamp_seconds",
      "When the oldest receipt that waits was made, real clock; missing where none waits.",
      of(({ since_ms }) => since_ms === null ? null : since_ms / 1e3),
    ),
    metric(
      "gauge",
      "perigee_poison_receipts",
      "Receipts that the ledger refuses, set aside.",
      of(({ poison }) => poison),
    ),
    metric(
      "gauge",
      "perigee_ledger_failures",
      "How often in a row the ledger did not answer a collector.",
      of(({ failures }) => failures),
    ),
    metric(
      "counter",
      "perigee_receipts_delivered_total",
      "Receipts that a collector brought to the ledger and that were new there.",
      of(({ delivered }) => delivered),
    ),
  ];
}

function cacheMetrics(
  answers: Answers<{
    records: number;
    fresh: number;
    stale: number;
    asked: number;
    failed: number;
  }>,
): Metric[] {
  const of = (figures: (one: typeof answers[number]) => [Sample["labels"], number][]): Sample[] =>
    answers.flatMap((one) =>
      figures(one).map(([labels, value]) => ({ labels: { cache: one.name, ...labels }, value }))
    );
  return [
    metric(
      "gauge",
      "perigee_ledger_cache_records",
      "Keys, price lists and lists of models that a ledger cache keeps.",
      of(({ records }) => [[{}, records]]),
    ),
    metric(
      "counter",
      "perigee_ledger_cache_kept_answers_total",
      "Answers of a ledger cache from what it keeps: young, or old while the ledger was away.",
      of(({ fresh, stale }) => [[{ age: "fresh" }, fresh], [{ age: "stale" }, stale]]),
    ),
    metric(
      "counter",
      "perigee_ledger_cache_asks_total",
      "Questions of a ledger cache to the ledger.",
      of(({ asked, failed }) => [
        [{ outcome: "answered" }, asked - failed],
        [{ outcome: "failed" }, failed],
      ]),
    ),
  ];
}
