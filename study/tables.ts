/**
 * A study's figures as rows, for CSV and Parquet: one row for each run and each part of its asks.
 * @module
 */
import { parquetWriteBuffer } from "hyparquet-writer";
import { csvField } from "../contract/csv.ts";
import type { HourOfNodes, Part, RunSummary } from "./run-summary.ts";

/** One row. */
export interface PartRow extends Part, Partial<HourOfNodes> {
  run: string;
  /** `all`, `kind`, `hour` or `latitude`. */
  by: string;
  /** A kind's name, an hour of the run, or the southern edge of a band, degrees. */
  part: string;
}

const TEXTS = ["run", "by", "part"] as const;
const COUNTS = ["asks", "served"] as const;
/** Empty where nothing is known of the part: the last three are of hours alone. */
const FIGURES = [
  "p5",
  "p50",
  "p95",
  "p99",
  "state_of_charge",
  "battery_j",
  "npu_temperature_most_k",
] as const;
const COLUMNS = [...TEXTS, ...COUNTS, ...FIGURES];

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
  const lines = rows.map((row) => COLUMNS.map((column) => csvField(row[column] ?? null)).join(","));
  return [COLUMNS.join(","), ...lines].map((line) => `${line}\r\n`).join("");
}

/** Writes rows as a Parquet file of the same columns. */
export function toParquet(rows: readonly PartRow[]): ArrayBuffer {
  return parquetWriteBuffer({
    columnData: [
      ...TEXTS.map((name) => ({
        name,
        data: rows.map((row) => row[name]),
        type: "STRING" as const,
      })),
      ...COUNTS.map((name) => ({
        name,
        data: rows.map((row) => row[name]),
        type: "DOUBLE" as const,
      })),
      ...FIGURES.map((name) => ({
        name,
        data: rows.map((row) => row[name] ?? null),
        type: "DOUBLE" as const,
        nullable: true,
      })),
    ],
  });
}
