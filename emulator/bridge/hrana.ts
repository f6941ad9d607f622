/**
 * The words of Hrana over HTTP, version 2, as this bridge speaks them: JSON on loopback.
 * Specification: tursodatabase/libsql, docs/HTTP_V2_SPEC.md and docs/HRANA_2_SPEC.md. Of version 3,
 * which @libsql/client does not use over HTTP, only `is_autocommit` and `get_autocommit` are here.
 * @module
 */

/** A value of SQLite. Integers are bigint, so that none of 64 bits is lost; a number is a float. */
export type HranaValue = null | bigint | number | string | Uint8Array;

/** SQL as text, or as the id under which this pipeline stored it. */
export type SqlText = { sql: string } | { sql_id: number };

export interface Stmt {
  text: SqlText;
  args: HranaValue[];
  named_args: { name: string; value: HranaValue }[];
  want_rows: boolean;
}

export type BatchCond =
  | { type: "ok" | "error"; step: number }
  | { type: "not"; cond: BatchCond }
  | { type: "and" | "or"; conds: BatchCond[] }
  | { type: "is_autocommit" };

export interface BatchStep {
  condition: BatchCond | null;
  stmt: Stmt;
}

export type StreamRequest =
  | { type: "close" | "get_autocommit" }
  | { type: "execute"; stmt: Stmt }
  | { type: "batch"; steps: BatchStep[] }
  | { type: "sequence" | "describe"; text: SqlText }
  | { type: "store_sql"; sql_id: number; sql: string }
  | { type: "close_sql"; sql_id: number };

/** A value on the wire. */
export type WireValue =
  | { type: "null" }
  | { type: "integer"; value: string }
  | { type: "float"; value: number }
  | { type: "text"; value: string }
  | { type: "blob"; base64: string };

export interface StmtResult {
  cols: { name: string; decltype: string | null }[];
  rows: WireValue[][];
  affected_row_count: number;
  last_insert_rowid: string | null;
}

export interface BatchResult {
  step_results: (StmtResult | null)[];
  step_errors: (WireError | null)[];
}

export interface DescribeResult {
  params: { name: string | null }[];
  cols: { name: string; decltype: string | null }[];
  is_explain: boolean;
  is_readonly: boolean;
}

export interface WireError {
  message: string;
  code: string;
}

export type StreamResponse =
  | { type: "close" | "sequence" | "store_sql" | "close_sql" }
  | { type: "execute"; result: StmtResult }
  | { type: "batch"; result: BatchResult }
  | { type: "describe"; result: DescribeResult }
  | { type: "get_autocommit"; is_autocommit: boolean };

export type StreamResult =
  | { type: "ok"; response: StreamResponse }
  | { type: "error"; error: WireError };

/** The answer to a pipeline. `baton` is always null: no stream outlives its request. */
export interface PipelineResponse {
  baton: null;
  base_url: null;
  results: StreamResult[];
}

/** The client broke the protocol: the request ends with HTTP 400. What it had committed stays committed. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
  readonly code: string;

  constructor(message: string, code = "PROTOCOL_ERROR") {
    super(message);
    this.code = code;
  }
}

/** One statement failed: its result says so, and the pipeline goes on. */
export class StatementError extends Error {
  override name = "StatementError";
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}
