import assert from "node:assert/strict";
import { tableFromIPC } from "apache-arrow";
import { readParquet } from "parquet-wasm";
import { DEFAULT_PROFILE } from "../../../mesh/node/profile.ts";
import { ShellProfiles } from "../../../mesh/node/shell-profiles.ts";
import { FILED } from "../../../mesh/orbit/filed.ts";
import { DEFAULT_RATES } from "../../../mesh/placement/links.ts";
import { degrees, epochMs, joules, km, seconds } from "../../../mesh/units.ts";
import { Histogram } from "../../../study/histogram.ts";
import type { Outcome } from "../../../study/outcome.ts";
import { reportPage } from "../../../study/report/page.ts";
import type { Run } from "../../../study/run.ts";
import { parseScenario } from "../../../study/scenario.ts";
import { rowsOf, toCsv, toParquet } from "../../../study/tables.ts";
import { Tally } from "../../../study/tally.ts";
import { seeded } from "../../support/random.ts";

const FROM = epochMs(Date.UTC(2026, 2, 20));
const KIND = {
  model: "m",
  operations: 1,
  memory_bytes: 1,
  load_bytes: 1,
  bytes_up: 1,
  bytes_down: 1,
  class: "interactive" as const,
};
const RUN: Run = {
  constellation: FILED,
  profiles: new ShellProfiles(DEFAULT_PROFILE),
  rates: DEFAULT_RATES,
  kinds: [{ ...KIND, name: "quick", deadline_ms: 40 }, { ...KIND, name: "any", deadline_ms: null }],
  placement: "nearest_available",
  faults: [],
  from: FROM,
  until: epochMs(FROM + 3 * 3_600_000),
  elevation_mask: degrees(25),
};
const END = { digest: "d".repeat(64), asks: 0, until: RUN.until, nodes: [], residue_most: 0 };

function outcomes(count: number): Outcome[] {
  const random = seeded(5);
  return Array.from({ length: count }, (_, ask) => {
    const isServed = random.chance(0.9);
    const [light, wait] = [random.integer(1, 50) / 1e3, random.integer(0, 40) / 1e3];
    return {
      ask,
      asked: {
        at: epochMs(FROM + random.integer(0, 3 * 3_600_000 - 1)),
        origin: random.chance(0.9)
          ? {
            lat: degrees(random.integer(-90, 90)),
            lon: degrees(random.integer(-180, 179)),
            alt: km(0),
          }
          : { node: 3 },
        kind: random.integer(0, 1),
      },
      node: isServed ? 7 : -1,
      gateway: -1,
      refusal: isServed ? null : random.pick(["busy", "dark"] as const),
      attempts: 1,
      hops: random.integer(0, 3),
      length_km: 1,
      timing: isServed
        ? {
          light: seconds(light),
          fibre: seconds(0),
          transfer: seconds(0),
          wait: seconds(wait),
          npu: seconds(0),
          access: seconds(0),
        }
        : null,
      latency_s: isServed ? light + wait : 0,
      starts: FROM,
      npu_s: 0,
      energy_j: joules(isServed ? 2 : 0),
      battery_j: joules(isServed ? 0.5 : 0),
      sunlit: random.chance(0.5),
      state_of_charge: random.integer(1, 100) / 100,
      npu_temperature_k: random.integer(250, 350),
    };
  });
}

const isNear = (found: number | null, expected: number) =>
  assert.ok(
    found !== null && found >= expected * 0.999 && found < expected * 1.05,
    `${found} ${expected}`,
  );

Deno.test("A tally says what a list of all outcomes says, taken up in the middle or not", () => {
  const all = outcomes(5_000);
  const first = new Tally(RUN);
  all.slice(0, 2_000).forEach(first.take);
  const tally = new Tally(RUN, JSON.parse(JSON.stringify(first.save())));
  all.slice(2_000).forEach(tally.take);
  const summary = tally.summary("r", [], END);
  const served = all.filter(({ refusal }) => refusal === null);
  assert.equal(summary.asks, 5_000);
  assert.equal(summary.served, served.length);
  assert.deepEqual(summary.refusals, {
    busy: all.filter(({ refusal }) => refusal === "busy").length,
    dark: all.filter(({ refusal }) => refusal === "dark").length,
  });
  const late = ({ asked, latency_s }: Outcome) => asked.kind === 0 && latency_s * 1e3 > 40;
  assert.equal(summary.in_time, served.filter((one) => !late(one)).length);
  assert.equal(summary.battery_j, served.length * 0.5);
  const ms = served.map(({ latency_s }) => latency_s * 1e3).sort((a, b) => a - b);
  for (const [name, share] of [["p5", 0.05], ["p50", 0.5], ["p95", 0.95], ["p99", 0.99]] as const) {
    isNear(summary.latency[name], ms[Math.ceil(share * ms.length) - 1]);
  }
  const hour = (h: number) =>
    all.filter(({ asked }) => Math.floor((asked.at - FROM) / 3_600_000) === h).length;
  assert.deepEqual(summary.hours.map(({ asks }) => asks), [hour(0), hour(1), hour(2)]);
  summary.hours.forEach((hour, h) => {
    const ran = served.filter(({ asked }) => Math.floor((asked.at - FROM) / 3_600_000) === h);
    const sum = ran.reduce((sum, one) => sum + one.state_of_charge, 0);
    assert.equal(hour.battery_j, ran.length * 0.5);
    assert.ok(Math.abs(hour.state_of_charge! - sum / ran.length) < 1e-12);
    assert.equal(
      hour.npu_temperature_most_k,
      Math.max(...ran.map(({ npu_temperature_k }) => npu_temperature_k)),
    );
  });
  const onGround = all.filter(({ asked: { origin } }) => "lat" in origin);
  assert.equal(summary.latitudes.reduce((sum, { asks }) => sum + asks, 0), onGround.length);
  assert.equal(summary.cells.asks.reduce((a, b) => a + b, 0), onGround.length);
});

Deno.test("Percentiles of a histogram are within 5 % above those of the values", () => {
  const random = seeded(9);
  const values = Array.from({ length: 3_000 }, () => 0.02 * 1.01 ** random.integer(0, 1_500));
  const histogram = new Histogram();
  values.forEach((value) => histogram.add(value));
  values.sort((a, b) => a - b);
  for (const share of [0.01, 0.2, 0.5, 0.9, 0.999]) {
    isNear(histogram.percentile(share), values[Math.ceil(share * values.length) - 1]);
  }
  assert.equal(new Histogram().percentile(0.5), null);
});

Deno.test("Rows come back from Parquet and CSV as they were, what is not known as null", () => {
  const tally = new Tally(RUN);
  outcomes(500).forEach(tally.take);
  const rows = rowsOf([tally.summary('a "run", of two', [], END)]);
  // Arrow's own reader, in Rust: another author's than the writer's.
  const table = tableFromIPC(readParquet(new Uint8Array(toParquet(rows))).intoIPCStream());
  const read = table.toArray().map((row) => row.toJSON());
  assert.deepEqual(
    read,
    rows.map((row) => ({
      state_of_charge: null,
      battery_j: null,
      npu_temperature_most_k: null,
      ...row,
    })),
  );
  const csv = toCsv(rows).split("\r\n");
  assert.equal(csv.length, rows.length + 2);
  assert.ok(csv[1].startsWith('"a ""run"", of two",all,,500,'));
});

Deno.test("A report is one page with nothing from elsewhere, and what a scenario says is text in it", () => {
  const tally = new Tally(RUN);
  outcomes(2_000).forEach(tally.take);
  const run = tally.summary("<b>bold</b>", ["a fact"], END);
  const { file } = parseScenario(
    JSON.stringify({
      title: "<script>alert(1)</script>",
      asks: 1,
      kinds: [{ name: "k", operations: 1 }],
      runs: [{ name: "r" }],
    }),
    () => "",
  );
  const page = reportPage(file, [run, { ...run, name: "other" }]);
  assert.ok(!/<script|<b>bold|https?:|src=|@import|url\(/.test(page));
  assert.ok(page.includes("&#60;script&#62;"));
  assert.ok(page.includes(END.digest));
  assert.ok(page.length < 300_000, `${page.length}`);
});
