/**
 * How benches time and tell: each case by itself, percentiles, and ratios to a rival of the same run.
 * @module
 */

export interface Times {
  p50_us: number;
  p99_us: number;
  mean_us: number;
}

/** Times `run` once for every case, after a warm-up over the first tenth of them. */
export function timeEach<T>(cases: readonly T[], run: (one: T) => void): Times {
  for (const one of cases.slice(0, Math.ceil(cases.length / 10))) run(one);
  const times = Float64Array.from(cases, (one) => {
    const from = performance.now();
    run(one);
    return (performance.now() - from) * 1e3;
  });
  return percentiles(times);
}

export function percentiles(times_us: Float64Array): Times {
  const sorted = times_us.slice().sort();
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const mean_us = sorted.reduce((sum, t) => sum + t, 0) / sorted.length;
  return { p50_us: at(0.5), p99_us: at(0.99), mean_us };
}

export const us = (value: number): string =>
  value >= 1_000 ? `${(value / 1e3).toFixed(2)} ms` : `${value.toFixed(2)} us`;

/** One line of a report. `holds` is null where a figure is for information only. */
export interface Line {
  what: string;
  measured: string;
  target?: string;
  holds: boolean | null;
}

export interface Report {
  title: string;
  lines: Line[];
  /** Further Markdown: a table, a histogram. */
  more?: string;
}
