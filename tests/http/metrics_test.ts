/**
 * GET /metrics: Prometheus can read it, operators alone may, and no caller adds a series.
 * @module
 */
import assert from "node:assert/strict";
import { type Mesh, meshTest, within } from "../support/mesh.ts";
import { type Family, readMetrics } from "../support/prometheus-text.ts";
import { assertError } from "../support/refusals.ts";

const test = meshTest();

const BODY = {
  parameters: { origin_lat: 48.86, origin_lon: 2.35 },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};
const INFER = "/v2/models/:name/infer";

async function scrape(mesh: Mesh): Promise<Map<string, Family>> {
  const { status, text, headers } = await mesh.admin("/metrics");
  assert.equal(status, 200, text);
  assert.equal(headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  return readMetrics(text);
}

/** The sum of the samples that have these labels, of a metric that may not be there yet. */
function valueOf(families: Map<string, Family>, name: string, labels: Record<string, string> = {}) {
  const samples = [...families.values()].flatMap((family) => family.samples);
  const fitting = samples.filter((sample) =>
    sample.name === name &&
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
  );
  return fitting.reduce((sum, { value }) => sum + value, 0);
}

test("GET /metrics counts requests, placements and receipts on their way, in a form that Prometheus reads", async (mesh) => {
  const before = await scrape(mesh);
  const asked = await mesh.call("/v2/models/drive-rss/infer", { body: BODY });
  assert.equal(asked.status, 200, asked.text);
  const refused = await mesh.call("/v2/models/drive-rss/infer", { body: { ...BODY, inputs: [] } });
  assert.equal(refused.status, 400);
  const after = await within(20_000, "a receipt that is delivered", async () => {
    const families = await scrape(mesh);
    return valueOf(families, "perigee_receipts_delivered_total") > 0 ? families : null;
  });
  const more = (name: string, labels?: Record<string, string>) =>
    valueOf(after, name, labels) - valueOf(before, name, labels);
  const requests = "perigee_http_requests_total";
  assert.equal(more(requests, { method: "POST", route: INFER, status: "2xx" }), 1);
  assert.equal(more(requests, { method: "POST", route: INFER, status: "4xx" }), 1);
  assert.ok(more(requests, { method: "GET", route: "/metrics", status: "2xx" }) >= 1);
  assert.equal(more("perigee_problems_total", { code: "invalid_request" }), 1);
  assert.equal(more("perigee_http_request_duration_seconds_count", { route: INFER }), 2);
  assert.equal(more("perigee_placement_seconds_count"), 1);
  assert.ok(more("perigee_cache_lookups_total", { cache: "keys" }) >= 2);
  assert.equal(more("perigee_receipts_delivered_total"), 1);
  assert.equal(valueOf(after, "perigee_backlog_receipts"), 0);
  assert.equal(valueOf(after, "perigee_poison_receipts"), 0);
  assert.equal(valueOf(after, "perigee_objects_unreachable"), 0);
  assert.ok(valueOf(after, "perigee_ledger_cache_records") >= 1);
  assert.ok(more("perigee_ledger_cache_asks_total", { outcome: "answered" }) >= 1);
  const start = valueOf(after, "perigee_isolate_start_time_seconds");
  assert.ok(start > Date.now() / 1e3 - 3_600 && start <= Date.now() / 1e3, `${start}`);
});

test("What callers make up, and who they are, is in no label of GET /metrics", async (mesh) => {
  const key = await mesh.tenant("labelled-tenant");
  const known = await mesh.call("/v2/models/drive-rss/infer", { body: BODY, key });
  assert.equal(known.status, 200, known.text);
  const node: string = known.body.parameters.node;
  for (
    const path of [
      "/made/up",
      "/v2/models/made-up/infer",
      "/v1/nodes/made-up",
      "/v2/models/made-up",
    ]
  ) {
    for (const method of ["GET", "POST", "PURGE"]) {
      await mesh.call(path, { method, key });
    }
  }
  const families = await scrape(mesh);
  for (const { name, samples } of families.values()) {
    for (const { labels } of samples) {
      for (const value of Object.values(labels)) {
        assert.ok(
          ![node, "labelled-tenant", "drive-rss", "PURGE"].includes(value) &&
            !value.includes("made"),
          `${name}: ${value}`,
        );
      }
    }
  }
  assert.ok(valueOf(families, "perigee_http_requests_total", { route: "none" }) >= 3);
});

test("GET /metrics is for operators alone", async (mesh) => {
  const tenant = await mesh.call("/metrics");
  assertError(tenant, { what: "a tenant's key", path: "/metrics", status: 403, says: /no admin/ });
  const nobody = await mesh.call("/metrics", { key: null });
  assertError(nobody, { what: "no key", path: "/metrics", status: 401, says: /admin token/ });
});
