/**
 * `deno task costs`: what a million inferences cost on Cloudflare, of what runs ask of the platform. Exits
 * with 1 if a run at rest asks for more than is promised.
 * @module
 */
import { fileURLToPath } from "node:url";
import { AT_REST, type Case, countRuns } from "./costs/count-runs.ts";
import { costsPage, ofTheRunAlone } from "./costs/costs-page.ts";

const USAGE = `Usage: deno task costs [--small] [--write]
  --small   fewer runs: to see that it still counts
  --write   put the page into docs/reference/costs.md`;

const PAGE = fileURLToPath(new URL("../docs/reference/costs.md", import.meta.url));

/** What a run may ask of its node and for its receipt, at one ask each 2.6 s. */
const AT_REST_MAX = { rows_written: 4, object_requests: 2.5 };

/** @returns what a run at rest asks too much of */
export function excessOf(cases: readonly Case[]): string[] {
  return cases.filter(({ what }) => what === AT_REST).flatMap((one) => {
    const run = ofTheRunAlone(one);
    return (["rows_written", "object_requests"] as const).flatMap((name) =>
      run[name] > AT_REST_MAX[name]
        ? `${one.what}: ${run[name].toFixed(2)} ${name} a run, not ${AT_REST_MAX[name]} at most`
        : []
    );
  });
}

if (import.meta.main) {
  if (Deno.args.some((arg) => arg !== "--small" && arg !== "--write")) {
    console.log(USAGE);
    Deno.exit(Deno.args.includes("--help") ? 0 : 2);
  }
  const cases = await countRuns({
    small: Deno.args.includes("--small"),
    say: (text) => console.error(text),
  });
  const page = costsPage(cases);
  if (Deno.args.includes("--write")) {
    await Deno.writeTextFile(PAGE, page);
    await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", PAGE] }).output();
    console.log("Wrote docs/reference/costs.md");
  } else console.log(page);
  const excess = excessOf(cases);
  for (const line of excess) console.error(line);
  Deno.exit(excess.length === 0 ? 0 : 1);
}
