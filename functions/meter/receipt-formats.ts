/**
 * Receipts as files: CSV, JSON Lines and CloudEvents, each as its standard has it.
 * @module
 */
import { csvField } from "../../contract/csv.ts";
import type { ReceiptJson } from "../../contract/money.ts";

/** All formats that a caller may ask for. */
export const FORMATS = ["json", "csv", "jsonl", "cloudevents"] as const;
/** A format that is sent as a file. */
export type FileFormat = Exclude<(typeof FORMATS)[number], "json">;

/** The Content-Type of each format. */
export const MEDIA_TYPES: Record<FileFormat, string> = {
  csv: "text/csv; charset=utf-8; header=present",
  jsonl: "application/jsonl",
  cloudevents: "application/cloudevents-batch+json",
};

/** Writes receipts in a format: RFC 4180, JSON Lines, or a batch of CloudEvents 1.0. */
export const WRITERS: Record<FileFormat, (receipts: ReceiptJson[], tenant: string) => string> = {
  csv: toCsv,
  jsonl: (receipts) => receipts.map((receipt) => `${JSON.stringify(receipt)}\n`).join(""),
  cloudevents: (receipts, tenant) =>
    JSON.stringify(receipts.map((receipt) => toCloudEvent(receipt, tenant))),
};

const COLUMNS = [
  "id",
  "executed_at",
  "recorded_at",
  "key",
  "node",
  "region",
  "model",
  "model_version",
  "class",
  "operations",
  "energy_mj",
  "npu_us",
  "bytes_up",
  "bytes_down",
  "price_list",
  "charge_microcredits",
  "waived_microcredits",
  "invoice",
  "prompt_tokens",
  "completion_tokens",
  "per_mega_prompt_token",
  "per_mega_completion_token",
] as const satisfies readonly (keyof ReceiptJson)[];

/** RFC 4180, with a header. */
function toCsv(receipts: ReceiptJson[]): string {
  const rows = receipts.map((receipt) => COLUMNS.map((column) => field(receipt[column])));
  return [COLUMNS, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

/** Text that a spreadsheet would take for a formula gets a quote before it. */
const field = (value: string | number | null): string =>
  csvField(typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value);

/**
 * CloudEvents 1.0, JSON format. `id` and `source` name the execution: a reader drops a second event
 * with the same two.
 */
function toCloudEvent(receipt: ReceiptJson, tenant: string) {
  return {
    specversion: "1.0",
    id: receipt.id,
    source: `/v1/tenants/${tenant}/receipts`,
    type: "perigee.execution.metered.v1",
    subject: receipt.node,
    time: receipt.executed_at,
    datacontenttype: "application/json",
    data: receipt,
  };
}
