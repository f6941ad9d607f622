/**
 * Writes docs/reference/costs.md of what was counted and of what things cost.
 * @module
 */
import PRICES from "./prices.json" with { type: "json" };
import type { Case } from "./count-runs.ts";

const MILLION = 1e6;
// What an object is billed for, whatever it uses; the price list's own examples divide by 1,000.
const OBJECT_GB = 0.128;

/** Where a figure comes from. Nothing modelled has a line: it stands in sentences. */
type Source = "counted" | "measured here";

interface Line {
  what: string;
  per_run: number;
  per_million_usd: number;
  source: Source;
}

const sum = (of: Record<string, number> | undefined): number =>
  Object.values(of ?? {}).reduce((a, b) => a + b, 0);

const callsOf = (calls: Record<string, number> | undefined, prefix: string): number =>
  sum(Object.fromEntries(
    Object.entries(calls ?? {}).filter(([name]) => name.startsWith(prefix)),
  ));

/** What a run writes and calls on its own way: its node, its receipts. What an isolate refreshes is left out. */
export const ofTheRunAlone = ({ per_run }: Case) => ({
  rows_written: (per_run.rows_written?.OrbitalNode ?? 0) + (per_run.rows_written?.Collector ?? 0),
  // Of nodes and collectors whatever is called: a method has more than one name for what it does.
  object_requests: callsOf(per_run.calls, "NODES.") + callsOf(per_run.calls, "COLLECTORS.") +
    (per_run.alarms?.OrbitalNode ?? 0) + (per_run.alarms?.Collector ?? 0),
});

/** What a million runs of a case cost, line by line. */
export function linesOf(one: Case): Line[] {
  const { per_run, cpu_ms } = one;
  const { items } = PRICES;
  const line = (
    { what, per_million }: { what: string; per_million: number },
    amount: number,
    source: Source = "counted",
  ): Line => ({ what, per_run: amount, per_million_usd: amount * per_million, source });
  const gb_s = sum(per_run.active_ms) / 1e3 * OBJECT_GB;
  return [
    line(items.worker_requests, sum(per_run.worker_requests)),
    line(items.worker_cpu_ms, cpu_ms, "measured here"),
    line(items.object_requests, sum(per_run.calls) + sum(per_run.alarms)),
    line(items.object_gb_s, gb_s, "measured here"),
    line(items.rows_read, sum(per_run.rows_read)),
    line(items.rows_written, sum(per_run.rows_written)),
    line(items.r2_class_a, sum(per_run.r2_class_a)),
    line(items.r2_class_b, sum(per_run.r2_class_b)),
    line(items.sandbox_requests, sum(per_run.sandbox_requests)),
  ];
}

/** The page. */
export function costsPage(cases: readonly Case[]): string {
  const { plan, as_of, read_in, beside } = PRICES;
  return `# What a million inferences cost

Written by \`npx deno task costs --write\`: requests, calls of objects, alarms, rows and operations of the
bucket are *counted* on a whole mesh of one machine, around the worker as it is deployed; CPU and the time
in which objects are active are *measured* there. Prices are Cloudflare's as read on ${as_of} in the
[source of its documentation](${read_in}); \`tools/costs/prices.json\` has each with its page. Nothing here
is a bill: no run was made on Cloudflare.

| a million inferences | $ |
|---|---:|
${cases.map((one) => `| ${one.what} | ${usd(totalUsd(one))} |`).join("\n")}

What the plan includes each month is not taken off, and its $${plan.per_month} a month are not in it: these
are the prices of the next million.

${cases.map(section).join("\n\n")}

## What is assumed

- **Duration is measured here, and modelled for Cloudflare.** An object is billed ${
    OBJECT_GB * 1e3
  } MB for the
  time in which it has a call, an alarm, or work behind an answer under way; calls at the same time count
  once. At rest and free to hibernate it is not billed. Here objects are microseconds apart, and the ledger
  a file: on Cloudflare a node waits for its collector, and the collector for the ledger, for a way there and
  back more, of which each 10 ms adds $${
    (0.01 * OBJECT_GB * PRICES.items.object_gb_s.per_million).toFixed(3)
  } a
  million for each object that waits. The 0.2 s in which a collector gathers are in it.
- **CPU is all that workerd took**, that of objects too, which Cloudflare does not bill, and that of the
  emulator's door: an upper bound on a machine as fast as this one.
- **One isolate.** What an isolate asks for by the clock (keys, prices, which nodes are out of service) is
  counted for one isolate: where requests at rest are spread over n of them it is up to n times as much.
- **A place's node changes** as satellites pass, and each that serves for the first time makes its tables
  and claims its state: some 20 rows. The case from a place has as many of these as there were in its
  minute; once all nodes of a region's sky have served, only the claims are left.
- **Nodes that move.** The cases of one node are counted while it stays in its region. Its state moves to another
  region's object some times an hour, which writes rows and makes calls that no run has caused.
- **Sandboxes**: each uploaded model that is asked on a day is one more Dynamic Worker for each isolate's
  sandbox of it, $${beside.sandbox_per_day.each} a day beyond the first ${
    thousands(beside.sandbox_per_day.included_per_month)
  } a month. Cloudflare does not bill them yet.

## What is not in it

- The ledger: whoever hosts it has prices of their own. It takes receipts in batches.
- Logs: $${beside.log_events.per_million} a million events beyond ${
    beside.log_events.included_per_month / MILLION
  } million a month, until December 2026; each request, call and alarm is
  one at least, where \`[observability]\` in \`wrangler.toml\` is on.
- What is stored: receipts leave their objects, a node's own state is some kilobytes.
- Boards: of what they send, 20 frames count as one request; their object is active while a run is theirs.

## Prices

| | $ | of which the plan includes a month | source |
|---|---:|---:|---|
${
    Object.values(PRICES.items).map((
      { what, per_million, included_per_month, source },
    ) =>
      `| ${what} | ${per_million} a million | ${
        thousands(included_per_month)
      } | [price list](${source}) |`
    ).join("\n")
  }
`;
}

function section(one: Case): string {
  const { what, runs, seconds, per_run } = one;
  const counted = (name: string, unit: string) =>
    Object.entries(per_run[name] ?? {})
      .sort(([, a], [, b]) => b - a)
      .map(([of, amount]) => `${of} ${figure(amount)}${unit}`)
      .join(", ") || "none";
  const alone = ofTheRunAlone(one);
  const rows = linesOf(one).map(({ what, per_run, per_million_usd, source }) =>
    `| ${what} | ${figure(per_run)} | ${source} | ${usd(per_million_usd)} |`
  );
  return `## ${what}

${thousands(runs)} runs in ${seconds.toFixed(0)} s. Node and receipts alone: ${
    figure(alone.object_requests)
  } calls and alarms, ${figure(alone.rows_written)} rows written a run.

| a run | amount | | $ a million runs |
|---|---:|---|---:|
${rows.join("\n")}
| **all** | | | **${usd(totalUsd(one))}** |

- Calls: ${counted("calls", "")}; alarms: ${counted("alarms", "")}.
- Rows written: ${counted("rows_written", "")}; read: ${counted("rows_read", "")}.
- Active: ${counted("active_ms", " ms")}.`;
}

const totalUsd = (one: Case): number =>
  linesOf(one).reduce((sum, { per_million_usd }) => sum + per_million_usd, 0);

const usd = (amount: number): string => amount.toFixed(2);
const figure = (amount: number): string =>
  amount === 0 ? "0" : amount < 0.1 ? amount.toFixed(3) : amount.toFixed(2);
const thousands = (amount: number): string => amount.toLocaleString("en-US");
