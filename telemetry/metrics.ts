/**
 * Figures of this isolate as Prometheus reads them: counters, histograms, gauges, and their text (format
 * 0.0.4, prometheus.io/docs/instrumenting/exposition_formats).
 *
 * Labels have few values, known when the code is written: routes, reasons, codes. No tenant, node, model
 * or key is one, or a caller could make series at will.
 * @module
 */

/** One line of a metric: what its labels say, and the figure. */
export interface Sample {
  /** What follows the metric's name: `_sum`, `_bucket`; missing: nothing. */
  suffix?: string;
  labels?: Readonly<Record<string, string>>;
  /** In the unit that the metric's name ends in. */
  value: number;
}

/** What one metric is called and means, and its samples at the time of asking. */
export interface Metric {
  name: string;
  type: "counter" | "gauge" | "histogram" | "summary";
  help: string;
  samples(): readonly Sample[];
}

/** One series of a Counter; whoever counts adds to it. */
export interface Series {
  value: number;
}

// A label whose values turn out not to be few must not fill the isolate's memory, nor the reader's.
const SERIES_MAX = 1_000;

/** The series of a metric, by the values of its labels. */
class ByLabels<T> {
  readonly #names: readonly string[];
  readonly #make: () => T;
  readonly #series = new Map<string, { labels: Record<string, string>; one: T }>();
  /** Takes what comes when there are too many series, and is not shown. */
  readonly #rest: T;

  constructor(names: readonly string[], make: () => T) {
    this.#names = names;
    this.#make = make;
    this.#rest = make();
  }

  of(values: readonly string[]): T {
    const key = values.join("\n");
    const known = this.#series.get(key);
    if (known) return known.one;
    if (this.#series.size >= SERIES_MAX) return this.#rest;
    const labels = Object.fromEntries(this.#names.map((name, i) => [name, values[i]]));
    const one = this.#make();
    this.#series.set(key, { labels, one });
    return one;
  }

  map(samplesOf: (one: T, labels: Record<string, string>) => readonly Sample[]): Sample[] {
    return [...this.#series.values()].flatMap(({ one, labels }) => samplesOf(one, labels));
  }
}

/** Counts what happens, since the isolate started. */
export class Counter implements Metric {
  readonly name: string;
  readonly type = "counter";
  readonly help: string;
  readonly #series: ByLabels<Series>;

  /** @param labels names, in the order in which of() takes their values */
  constructor({ name, help, labels }: { name: string; help: string; labels: readonly string[] }) {
    this.name = name;
    this.help = help;
    this.#series = new ByLabels(labels, () => ({ value: 0 }));
  }

  /**
   * The series of some values of the labels: to be kept where it is counted often.
   * @param values one for each label
   */
  of(...values: string[]): Series {
    return this.#series.of(values);
  }

  /** One sample for each series that was asked for. */
  samples(): readonly Sample[] {
    return this.#series.map(({ value }, labels) => [{ labels, value }]);
  }
}

interface Observed {
  /** How many fell under each bound, and above all; not cumulated. */
  counts: number[];
  sum: number;
}

/** Counts how large something was, by bounds. */
export class Histogram implements Metric {
  readonly name: string;
  readonly type = "histogram";
  readonly help: string;
  readonly #bounds: readonly number[];
  readonly #series: ByLabels<Observed>;

  /**
   * @param labels names, in the order in which observe() takes their values
   * @param bounds of the buckets, ascending, in the unit that the name ends in
   */
  constructor(
    { name, help, labels, bounds }: {
      name: string;
      help: string;
      labels: readonly string[];
      bounds: readonly number[];
    },
  ) {
    this.name = name;
    this.help = help;
    this.#bounds = bounds;
    this.#series = new ByLabels(labels, () => ({
      counts: Array.from({ length: bounds.length + 1 }, () => 0),
      sum: 0,
    }));
  }

  /**
   * Counts one figure.
   * @param size in the unit that the metric's name ends in
   * @param values one for each label
   */
  observe(size: number, ...values: string[]): void {
    const observed = this.#series.of(values);
    let bucket = 0;
    while (bucket < this.#bounds.length && size > this.#bounds[bucket]) bucket++;
    observed.counts[bucket]++;
    observed.sum += size;
  }

  /** Cumulated buckets, sum and count of each series. */
  samples(): readonly Sample[] {
    return this.#series.map(({ counts, sum }, labels) => {
      let count = 0;
      const buckets = counts.map((own, i) => ({
        suffix: "_bucket",
        labels: { ...labels, le: valueText(this.#bounds[i] ?? Infinity) },
        value: count += own,
      }));
      return [
        ...buckets,
        { suffix: "_sum", labels, value: sum },
        { suffix: "_count", labels, value: count },
      ];
    });
  }
}

const registered: Metric[] = [];

/** What every file of this isolate has registered. */
export const isolateMetrics: readonly Metric[] = registered;

/**
 * Has a metric shown with those of the isolate. To be called once for each, where its module is loaded.
 * @returns the metric
 */
export function register<M extends Metric>(metric: M): M {
  registered.push(metric);
  return metric;
}

/** The content type of the text. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Writes metrics; one without a sample is left out.
 * @returns text of the type METRICS_TYPE
 */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map((metric) => {
    const { name, type, help } = metric;
    const lines = metric.samples().map(({ suffix = "", labels = {}, value }) =>
      `${name}${suffix}${labelsText(labels)} ${valueText(value)}\n`
    );
    if (lines.length === 0) return "";
    return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
  }).join("");
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${escaped(value).replaceAll('"', '\\"')}"`
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

const valueText = (value: number): string =>
  value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : `${value}`;
