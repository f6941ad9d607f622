/**
 * Decodes the body of a pipeline, or says where it is malformed. Unknown fields are ignored, as the
 * specification asks. By hand rather than with Zod: a batch carries thousands of values.
 * @module
 */

import {
  type BatchCond,
  type BatchStep,
  type HranaValue,
  ProtocolError,
  type SqlText,
  type Stmt,
  type StreamRequest,
} from "./hrana.ts";
import { decodeValue } from "./value.ts";

// A condition nested without end would overflow the stack of the one process that owns the file.
const COND_DEPTH_MAX = 64;

type Fields = Record<string, unknown>;

export function decodePipeline(body: unknown): StreamRequest[] {
  const pipeline = object(body, "body");
  if (pipeline.baton !== null && pipeline.baton !== undefined) {
    throw new ProtocolError("No stream outlives its request here: baton must be null", "BATON");
  }
  return array(pipeline.requests, "requests").map((request, i) =>
    streamRequest(object(request, `requests[${i}]`), `requests[${i}]`)
  );
}

function streamRequest(request: Fields, path: string): StreamRequest {
  const { type } = request;
  switch (type) {
    case "close":
    case "get_autocommit":
      return { type };
    case "execute":
      return { type, stmt: stmt(request.stmt, `${path}.stmt`) };
    case "batch":
      return { type, steps: batchSteps(request.batch, `${path}.batch`) };
    case "sequence":
    case "describe":
      return { type, text: sqlText(request, path) };
    case "store_sql":
      return {
        type,
        sql_id: int32(request.sql_id, `${path}.sql_id`),
        sql: string(request.sql, `${path}.sql`),
      };
    case "close_sql":
      return { type, sql_id: int32(request.sql_id, `${path}.sql_id`) };
    default:
      throw new ProtocolError(`${path}.type is not one that is known`);
  }
}

function stmt(value: unknown, path: string): Stmt {
  const fields = object(value, path);
  const want_rows = fields.want_rows ?? true;
  if (typeof want_rows !== "boolean") throw new ProtocolError(`${path}.want_rows is not a boolean`);
  return {
    text: sqlText(fields, path),
    args: array(fields.args ?? [], `${path}.args`).map((arg, i) =>
      argument(arg, () => `${path}.args[${i}]`)
    ),
    named_args: array(fields.named_args ?? [], `${path}.named_args`).map((arg, i) => {
      const at = `${path}.named_args[${i}]`;
      const { name, value } = object(arg, at);
      return { name: string(name, `${at}.name`), value: argument(value, () => `${at}.value`) };
    }),
    want_rows,
  };
}

/** The path is a function: written out for each of a batch's values, it cost more than the values. */
function argument(wire: unknown, path: () => string): HranaValue {
  const value = decodeValue(wire);
  if (value !== undefined) return value;
  throw new ProtocolError(`${path()} is not a value: null, integer, float, text or blob`);
}

function sqlText(fields: Fields, path: string): SqlText {
  const { sql = null, sql_id = null } = fields;
  if ((sql === null) === (sql_id === null)) {
    throw new ProtocolError(`${path} must have one of sql and sql_id`);
  }
  return sql === null
    ? { sql_id: int32(sql_id, `${path}.sql_id`) }
    : { sql: string(sql, `${path}.sql`) };
}

function batchSteps(value: unknown, path: string): BatchStep[] {
  return array(object(value, path).steps, `${path}.steps`).map((step, i) => {
    const at = `${path}.steps[${i}]`;
    const fields = object(step, at);
    const condition = fields.condition ?? null;
    return {
      condition: condition === null ? null : batchCond(condition, `${at}.condition`, i),
      stmt: stmt(fields.stmt, `${at}.stmt`),
    };
  });
}

/** Decodes the condition of step `index`, which can look only at the steps before it. */
function batchCond(value: unknown, path: string, index: number, depth = 1): BatchCond {
  if (depth > COND_DEPTH_MAX) throw new ProtocolError("A condition is nested too deep");
  const fields = object(value, path);
  const { type, step } = fields;
  switch (type) {
    case "ok":
    case "error":
      if (!Number.isInteger(step) || (step as number) < 0 || (step as number) >= index) {
        throw new ProtocolError(`${path}.step is not the index of an earlier step`);
      }
      return { type, step: step as number };
    case "not":
      return { type, cond: batchCond(fields.cond, `${path}.cond`, index, depth + 1) };
    case "and":
    case "or":
      return {
        type,
        conds: array(fields.conds, `${path}.conds`).map((cond, i) =>
          batchCond(cond, `${path}.conds[${i}]`, index, depth + 1)
        ),
      };
    case "is_autocommit":
      return { type };
    default:
      throw new ProtocolError(`${path}.type is not one that is known`);
  }
}

function object(value: unknown, path: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new ProtocolError(`${path} is not an object`);
}

function array(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new ProtocolError(`${path} is not an array`);
}

function string(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw new ProtocolError(`${path} is not a string`);
}

function int32(value: unknown, path: string): number {
  if (typeof value === "number" && value === (value | 0)) return value;
  throw new ProtocolError(`${path} is not a 32-bit integer`);
}
