/**
 * `GET /v1/usage`: what a tenant's executions used and cost, as exact sums of receipts: of a span, by group,
 * and over time.
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { tenantQuery } from "../../contract/account.ts";
import { BUCKET_WIDTHS, UsageJson, UsageQuery } from "../../contract/money.ts";
import { json, OF_TENANT, problems, READER } from "../../contract/responses.ts";
import { settingsOf } from "../../contract/settings.ts";
import { stringifyExact } from "../../contract/exact-json.ts";
import { usage, type UsageGrouping, type UsageRow } from "../../ledger/usage.ts";
import {
  BUCKETS_MAX,
  bucketsOf,
  type UsageBucket,
  usageSeries,
  type UsageSeriesRequest,
} from "../../ledger/usage-series.ts";
import { meshNow } from "../../mesh/clock.ts";
import { authenticateReader } from "../middleware/auth.ts";
import type { App } from "../context.ts";
import { invalidField } from "../params/invalid.ts";
import { spanOf } from "../params/span.ts";
import { withLedger } from "../backends/with-ledger.ts";
import { tenantToRead } from "./tenant-to-read.ts";

type Width = keyof typeof BUCKET_WIDTHS;

// The span of a caller who names none: the last 30 days, or what a plot of such buckets shows well.
const DEFAULT_SPAN_MS = 30 * 86_400_000;
const DEFAULT_SPANS_MS: Record<Width, number> = {
  "1m": 3_600_000,
  "1h": 86_400_000,
  "1d": DEFAULT_SPAN_MS,
};

const definition = createRoute({
  method: "get",
  path: "/v1/usage",
  operationId: "readUsage",
  tags: ["meter"],
  summary: "What was used, as sums of receipts",
  security: READER,
  middleware: authenticateReader,
  request: {
    query: UsageQuery.extend(tenantQuery),
  },
  responses: {
    200: json("Sums over the span, and by group and bucket where asked for", UsageJson),
    ...problems(...OF_TENANT),
  },
});

/** Adds the route. */
export function serveUsage(app: App): void {
  app.openapi(definition, async (c) => {
    const { tenant, from, to, group_by, bucket_width } = c.req.valid("query");
    const tenant_id = await tenantToRead(c.var.services, tenant);
    const now = Math.ceil(meshNow(settingsOf(c.var.services.env).clock, Date.now()));
    const default_ms = bucket_width ? DEFAULT_SPANS_MS[bucket_width] : DEFAULT_SPAN_MS;
    const { to_ms = now + 1, from_ms = Math.max(0, to_ms - default_ms) } = spanOf({ from, to });
    const span = { tenant_id, from_ms, to_ms };
    const series = bucket_width && seriesOf(span, bucket_width, group_by);
    const { total, groups, buckets } = await withLedger(c.var.services, async (ledger) => ({
      total: (await usage(ledger, span))[0],
      groups: group_by && await usage(ledger, { ...span, group_by }),
      buckets: series && await usageSeries(ledger, series),
    }));
    const body = stringifyExact({
      from: new Date(from_ms).toISOString(),
      to: new Date(to_ms).toISOString(),
      total: quantities(total),
      ...(groups && {
        groups: groups.map((row) => ({ group: groupName(row), ...quantities(row) })),
      }),
      ...(buckets && { buckets: buckets.map(bucketToWire) }),
    });
    return c.body(body, 200, { "Content-Type": "application/json" }) as never;
  });
}

/** @throws ProblemError `invalid_request` for a grouping that is none of a series, or too long a span */
function seriesOf(
  span: Pick<UsageSeriesRequest, "tenant_id" | "from_ms" | "to_ms">,
  width: Width,
  group_by: UsageGrouping | undefined,
): UsageSeriesRequest {
  if (group_by === "hour") {
    throw invalidField("group_by", "must not be hour beside bucket_width: buckets are of 1h then");
  }
  const series = { ...span, bucket_ms: BUCKET_WIDTHS[width], group_by };
  const buckets = bucketsOf(series);
  if (buckets > BUCKETS_MAX) {
    throw invalidField(
      "bucket_width",
      `makes ${buckets} buckets of the span, at most ${BUCKETS_MAX}: ask for a shorter span or wider ones`,
      { final: false },
    );
  }
  return series;
}

const bucketToWire = ({ start_ms, latency_ms, ...sums }: UsageBucket) => ({
  start: new Date(start_ms).toISOString(),
  ...sums,
  modelled_total_ms: latency_ms,
});

function quantities({ group: _, ...sums }: UsageRow) {
  return sums;
}

function groupName({ group }: UsageRow): string {
  return typeof group === "number" ? new Date(group).toISOString() : group ?? "";
}
