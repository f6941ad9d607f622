/**
 * Runs the requests of one pipeline, in order and without a pause, so that pipelines never interleave.
 * A pipeline is a whole stream: a transaction it leaves open is rolled back.
 * @module
 */

import {
  type BatchCond,
  type BatchResult,
  type BatchStep,
  type PipelineResponse,
  ProtocolError,
  type SqlText,
  StatementError,
  type Stmt,
  type StmtResult,
  type StreamRequest,
  type StreamResponse,
  type StreamResult,
  type WireError,
} from "./hrana.ts";
import type { LedgerFile } from "./ledger-file.ts";

export function runPipeline(file: LedgerFile, requests: StreamRequest[]): PipelineResponse {
  const stream = new Stream(file);
  try {
    const results = requests.map((request) => stream.result(request));
    // Answered with success, a client would send the rest of its transaction in the next request,
    // where each statement would commit by itself.
    if (file.inTransaction) {
      throw new ProtocolError(
        "The transaction was rolled back: it must end in the request it began in, as with batch()",
        "TRANSACTION_LEFT_OPEN",
      );
    }
    return { baton: null, base_url: null, results };
  } finally {
    file.reset();
  }
}

class Stream {
  readonly #file: LedgerFile;
  readonly #sqls = new Map<number, string>();
  #closed = false;

  constructor(file: LedgerFile) {
    this.#file = file;
  }

  result(request: StreamRequest): StreamResult {
    return attempt<StreamResult>(
      () => ({ type: "ok", response: this.#response(request) }),
      (error) => ({ type: "error", error }),
    );
  }

  #response(request: StreamRequest): StreamResponse {
    if (this.#closed) throw new StatementError("The stream is closed", "STREAM_CLOSED");
    switch (request.type) {
      case "close":
        this.#closed = true;
        this.#file.reset();
        return { type: "close" };
      case "execute":
        return { type: "execute", result: this.#run(request.stmt) };
      case "batch":
        return { type: "batch", result: this.#batch(request.steps) };
      case "sequence":
        this.#file.script(this.#sql(request.text));
        return { type: "sequence" };
      case "describe":
        return { type: "describe", result: this.#file.describe(this.#sql(request.text)) };
      case "store_sql":
        if (this.#sqls.has(request.sql_id)) {
          throw new ProtocolError(`SQL text ${request.sql_id} is stored already`);
        }
        this.#sqls.set(request.sql_id, request.sql);
        return { type: "store_sql" };
      case "close_sql":
        this.#sqls.delete(request.sql_id);
        return { type: "close_sql" };
      case "get_autocommit":
        return { type: "get_autocommit", is_autocommit: !this.#file.inTransaction };
    }
  }

  #run({ text, args, named_args, want_rows }: Stmt): StmtResult {
    return this.#file.run({ sql: this.#sql(text), args, named_args, want_rows });
  }

  #batch(steps: BatchStep[]): BatchResult {
    const step_results: BatchResult["step_results"] = new Array(steps.length).fill(null);
    const step_errors: BatchResult["step_errors"] = new Array(steps.length).fill(null);
    const holds = (cond: BatchCond): boolean => {
      switch (cond.type) {
        case "ok":
          return step_results[cond.step] !== null;
        case "error":
          return step_errors[cond.step] !== null;
        case "not":
          return !holds(cond.cond);
        case "and":
          return cond.conds.every(holds);
        case "or":
          return cond.conds.some(holds);
        case "is_autocommit":
          return !this.#file.inTransaction;
      }
    };
    for (const [i, { condition, stmt }] of steps.entries()) {
      if (condition !== null && !holds(condition)) continue;
      attempt(
        () => {
          step_results[i] = this.#run(stmt);
        },
        (error) => {
          step_errors[i] = error;
        },
      );
    }
    return { step_results, step_errors };
  }

  #sql(text: SqlText): string {
    if ("sql" in text) return text.sql;
    const sql = this.#sqls.get(text.sql_id);
    if (sql === undefined) throw new ProtocolError(`SQL text ${text.sql_id} is not stored`);
    return sql;
  }
}

/** Turns the error of a statement into a value; a broken protocol and a bug are thrown on. */
function attempt<T>(run: () => T, failed: (error: WireError) => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    return failed({ message: error.message, code: error.code });
  }
}
