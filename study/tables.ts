/**
 * A study's figures as rows, for CSV and Parquet: one row for each run and each part of its asks.
 * @module
 */
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Part, RunSummary } from "./run-summary.ts";

/** One row. */
export interface PartRow extends Part {
  run: string;
  /** `all`, `kind`, `hour` or `latitude`. */
  by: string;
  /** A kind's name, an hour of the run, or the southern edge of a band, degrees. */
  part: string;
}

const COLUMNS = ["run", "by", "part", "asks", "served", "p5", "p50", "p95", "p99"] as const;

/** Lists what a study's runs come to, part by part. */
export function rowsOf(runs: readonly RunSummary[]): PartRow[] {
  return runs.flatMap(({ name: run, asks, latency, kinds, hours, latitudes }) => [
    { run, by: "all", part: "", asks, ...latency },
    ...kinds.map(({ name, ...part }) => ({ run, by: "kind", part: name, ...part })),
    ...hours.map((part, hour) => ({ run, by: "hour", part: `${hour}`, ...part })),
    ...latitudes.map((part, band) => ({
      run,
      by: "latitude",
      part: `${band * 180 / latitudes.length - 90}`,
      ...part,
    })),
  ]);
}

/** Writes rows as RFC 4180 has it, with a header. Latencies are milliseconds, modelled. */
export function toCsv(rows: readonly PartRow[]): string {
  const lines = rows.map((row) => COLUMNS.map((column) => field(row[column])).join(","));
  return [COLUMNS.join(","), ...lines].map((line) => `${line}\r\n`).join("");
}

const field = (value: string | number | null): string => {
  const text = value === null ? "" : `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Writes rows as a Parquet file of the same columns. */
export function toParquet(rows: readonly PartRow[]): ArrayBuffer {
  const texts = ["run", "by", "part"] as const;
  const counts = ["asks", "served"] as const;
  const figures = ["p5", "p50", "p95", "p99"] as const;
  return parquetWriteBuffer({
    columnData: [
      ...texts.map((name) => ({
        name,
        data: rows.map((row) => row[name]),
        type: "STRING" as const,
      })),
      ...counts.map((name) => ({
        name,
        data: rows.map((row) => row[name]),
        type: "DOUBLE" as const,
      })),
      ...figures.map((name) => ({
        name,
        data: rows.map((row) => row[name]),
        type: "DOUBLE" as const,
        nullable: true,
      })),
    ],
  });
}
