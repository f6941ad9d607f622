/**
 * `deno task kills`: many more kills than the tests make.
 * @module
 */
import { parseArgs } from "node:util";
import { killAndCount } from "./kills.ts";

const HELP = `Kills workerd and the ledger under writers, and counts what is on disk then.

deno task kills                       100 of workerd, 50 of the ledger, 32 writers: some minutes
deno task kills --workerd 10 --ledger 5 --writers 8 --seed 2`;

const { values } = parseArgs({
  options: {
    workerd: { type: "string", default: "100" },
    ledger: { type: "string", default: "50" },
    writers: { type: "string", default: "32" },
    seed: { type: "string", default: "1" },
    budget: { type: "string", default: "10000" },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(HELP);
  Deno.exit(0);
}
const number = (name: "workerd" | "ledger" | "writers" | "seed" | "budget"): number => {
  if (/^\d{1,9}$/.test(values[name])) return Number(values[name]);
  console.error(`--${name} must be a whole number, not "${values[name]}"`);
  Deno.exit(1);
};
const plan = {
  workerd: number("workerd"),
  ledger: number("ledger"),
  writers: number("writers"),
  seed: number("seed"),
  budget: number("budget"),
};
const { asks, answered, receipts, unseen, charged, budget, killed } = await killAndCount({
  ...plan,
  say: (text) => console.error(text),
});
console.log(
  `${killed.workerd} kills of workerd, ${killed.ledger} of the ledger, ${plan.writers} writers:
${asks} asks, ${answered} answered, ${receipts} receipts (${unseen} of answers that nobody saw).
Lost 0, charged twice 0, budget overrun 0 (${charged} of ${budget} micro-credits).`,
);
