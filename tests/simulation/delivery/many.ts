/**
 * Runs many days of the simulation on all cores.
 * @module
 */
import type { Shift } from "./crew.ts";
import type { Summary } from "./days.ts";

const SHIFT = 50;

interface Days {
  from: number;
  to: number;
  /** Every so many days run the real ledger as well. */
  real_every: number;
  /** Told as each shift ends: how many days have begun, and how many failed. */
  each?: (begun: number, failed: number) => void;
}

interface Report {
  summary?: Summary;
  failure?: string;
}

/** @returns the sum of the days that held, in their order, and what failed in the others */
export async function simulateMany(
  { from, to, real_every, each = () => {} }: Days,
): Promise<{ sum: Summary; failures: string[] }> {
  const reports: Report[] = [];
  const failures: string[] = [];
  let next = from;
  const crew = async () => {
    const worker = new Worker(new URL("./crew.ts", import.meta.url), { type: "module" });
    while (next < to) {
      const shift: Shift = { from: next, to: Math.min(next + SHIFT, to), real_every };
      next = shift.to;
      const report = await new Promise<Report>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage(shift);
      });
      reports[(shift.from - from) / SHIFT] = report;
      if (report.failure) failures.push(report.failure);
      each(next - from, failures.length);
    }
    worker.terminate();
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, crew));
  const sum: Summary = {
    days: 0,
    told: {},
    repeated: 0,
    hedged: 0,
    poison: 0,
    waived: 0,
    hashes: [],
  };
  for (const { summary } of reports) if (summary) add(sum, summary);
  return { sum, failures };
}

function add(sum: Summary, one: Summary): void {
  sum.days += one.days;
  sum.repeated += one.repeated;
  sum.hedged += one.hedged;
  sum.poison += one.poison;
  sum.waived += one.waived;
  sum.hashes.push(...one.hashes);
  for (const [what, n] of Object.entries(one.told) as [keyof Summary["told"], number][]) {
    sum.told[what] = (sum.told[what] ?? 0) + n;
  }
}
