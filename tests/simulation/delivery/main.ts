/**
 * `deno task simulate`: many more seeds of the simulation than the tests run, on all cores; or one of
 * them again.
 * @module
 */
import { parseArgs } from "node:util";
import { simulateDays, type Summary } from "./days.ts";
import { simulateMany } from "./many.ts";

const HELP =
  `Simulates delivery and budgets under loss, replay, partitions, crashes and clocks that jump.

deno task simulate                    20,000 seeds, on all cores
deno task simulate --seeds 500 --from 20000
deno task simulate 71                 seed 71 alone, with the real ledger beside the plain one

A seed gives the same day each time. Ends with 1 if a seed fails, and names it.`;

const SEEDS = 20_000;
const REAL_EVERY = 10;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      seeds: { type: "string" },
      from: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return say(HELP);
  if (positionals.length > 0) {
    const seed = whole(positionals[0], "a seed");
    return say(tell(await simulateDays({ from: seed, to: seed + 1, real_every: 1 })));
  }
  return await report(
    whole(values.from ?? "0", "--from"),
    whole(values.seeds ?? String(SEEDS), "--seeds"),
  );
}

async function report(from: number, seeds: number): Promise<number> {
  const began = performance.now();
  const { sum, failures } = await simulateMany({
    from,
    to: from + seeds,
    real_every: REAL_EVERY,
    each: (begun, failed) => {
      const s = Math.round((performance.now() - began) / 1e3);
      console.error(`${begun} of ${seeds} seeds begun, ${failed} failed, ${s} s`);
    },
  });
  for (const failure of failures) console.error(failure);
  say(tell(sum));
  return failures.length === 0 ? 0 : 1;
}

function tell({ days, told, repeated, hedged, poison, waived }: Summary): string {
  const answers = Object.entries(told).map(([what, n]) => `${n} ${what}`).join(", ");
  return `${days} seeds held: nothing acknowledged was lost, charged twice or told wrong, no budget overrun.
Asks were told: ${answers}.
${repeated} were repeated, ${hedged} served by a later attempt than the first;
${poison} receipts stood aside for a while; ${waived} micro-credits waived.`;
}

function whole(text: string, what: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new RangeError(`${what} must be a whole number, not "${text}"`);
  }
  return Number(text);
}

function say(text: string): number {
  console.log(text);
  return 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
