import assert from "node:assert/strict";
import { Counter, Histogram, type Metric, metricsText } from "../../../telemetry/metrics.ts";
import { readMetrics } from "../../support/prometheus-text.ts";

const gauge = (name: string, samples: ReturnType<Metric["samples"]>): Metric => ({
  name,
  type: "gauge",
  help: "Help.",
  samples: () => samples,
});

Deno.test("metricsText() writes what Prometheus' documentation has as an example", () => {
  const requests = new Counter({
    name: "http_requests_total",
    help: "The total number of HTTP requests.",
    labels: ["method", "code"],
  });
  requests.of("post", "200").value += 1_027;
  requests.of("post", "400").value += 3;
  const durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "A histogram of the request duration.",
    labels: [],
    bounds: [0.05, 0.1],
  });
  for (const size of [0.01, 0.05, 0.07, 2]) durations.observe(size);
  assert.equal(
    metricsText([requests, durations]),
    `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027
http_requests_total{method="post",code="400"} 3
# HELP http_request_duration_seconds A histogram of the request duration.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 2
http_request_duration_seconds_bucket{le="0.1"} 3
http_request_duration_seconds_bucket{le="+Inf"} 4
http_request_duration_seconds_sum 2.13
http_request_duration_seconds_count 4
`,
  );
});

Deno.test("Backslashes, quotes and line feeds in labels and help come through", () => {
  const label = 'C:\\DIR\\ "quoted"\nnext, {line}="x"';
  const text = metricsText([{
    ...gauge("odd", [{ labels: { label }, value: -1.5e-9 }]),
    help: "a\\b\nc",
  }]);
  const odd = readMetrics(text).get("odd")!;
  assert.deepEqual(odd.samples, [{ name: "odd", labels: { label }, value: -1.5e-9 }]);
  assert.equal(odd.help, "a\\\\b\\nc");
});

Deno.test("A metric without a sample is not written", () => {
  assert.equal(metricsText([gauge("none", [])]), "");
});

Deno.test("A label of too many values makes no more than 1,000 series, and what is known is still counted", () => {
  const counter = new Counter({ name: "many_total", help: "Help.", labels: ["of"] });
  for (let i = 0; i < 5_000; i++) counter.of(`${i}`).value++;
  counter.of("7").value++;
  const samples = counter.samples();
  assert.equal(samples.length, 1_000);
  assert.deepEqual(samples[7], { labels: { of: "7" }, value: 2 });
});
