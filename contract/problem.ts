/**
 * Every error the mesh answers with, in one table: status, title and the type that OpenAI clients
 * know it by. Nothing else decides a status.
 * @module
 */
import { z } from "@hono/zod-openapi";

const row = <S extends number>(status: S, title: string, openai: string) => ({
  status,
  title,
  openai,
});

/** Status, title and OpenAI type of each error, by its code. */
export const PROBLEMS = {
  invalid_request: row(400, "The request is not valid", "invalid_request_error"),
  malformed_json: row(400, "The body is not JSON", "invalid_request_error"),
  not_supported: row(400, "This part of the protocol is not served", "invalid_request_error"),
  body_unreadable: row(400, "The body did not come whole", "invalid_request_error"),
  origin_missing: row(400, "The request does not say where it comes from", "invalid_request_error"),
  unauthenticated: row(401, "A valid API key is needed", "authentication_error"),
  budget_exhausted: row(402, "The budget is used up", "insufficient_quota"),
  forbidden: row(403, "The key lacks the scope", "permission_error"),
  not_found: row(404, "There is no such thing", "not_found_error"),
  model_not_found: row(404, "There is no such model", "not_found_error"),
  node_not_found: row(404, "The constellation has no such node", "not_found_error"),
  method_not_allowed: row(405, "The path does not take this method", "invalid_request_error"),
  request_timeout: row(408, "The body did not arrive in time", "api_error"),
  conflict: row(409, "The request conflicts with what exists", "invalid_request_error"),
  still_running: row(409, "The first request with this key is running", "invalid_request_error"),
  length_required: row(411, "The request does not tell its length", "invalid_request_error"),
  body_too_large: row(413, "The body is too large", "invalid_request_error"),
  unsupported_media_type: row(415, "The content type is not taken", "invalid_request_error"),
  key_reused: row(422, "The key was used for another request", "invalid_request_error"),
  deadline: row(422, "No node can answer in time", "invalid_request_error"),
  model_invalid: row(422, "The model cannot be taken", "invalid_request_error"),
  model_quota: row(422, "The quota of models is used up", "insufficient_quota"),
  model_failed: row(422, "The model cannot compute these inputs", "invalid_request_error"),
  rate_limited: row(429, "Too many requests", "rate_limit_error"),
  no_node: row(503, "No node can serve now", "api_error"),
  overloaded: row(503, "Too much of this kind is asked at once", "api_error"),
  almanac_unavailable: row(503, "The almanac is not at hand", "api_error"),
  answers_unavailable: row(503, "Kept answers are not at hand", "api_error"),
  collector_unavailable: row(503, "A collector does not answer", "api_error"),
  // Clients decide by the code, so it keeps the name that ledger caches had in release 7ab9cf5.
  gatekeeper_unavailable: row(503, "A ledger cache does not answer", "api_error"),
  engine_unavailable: row(503, "The engine of the model does not answer", "api_error"),
  live_unavailable: row(503, "The live feed does not answer", "api_error"),
  models_unavailable: row(503, "The files of models are not at hand", "api_error"),
  sandboxes_unavailable: row(503, "Sandboxes cannot be had now", "api_error"),
  no_sandbox: row(503, "The deployment has no sandbox for uploaded models", "api_error"),
  not_ready: row(503, "No inference is possible now", "api_error"),
  ledger_unavailable: row(503, "The ledger does not answer", "api_error"),
  budget_unavailable: row(503, "The budget is not at hand", "api_error"),
  internal: row(500, "Something broke on our side", "api_error"),
} as const;

/** The last part of a problem's `type`: what a client decides by. */
export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457, and beside it the `error` object that OpenAI clients read. */
export const Problem = z.object({
  type: z.string().openapi({ example: "/docs#invalid_request" }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().openapi({ description: "The request's id" }),
  errors: z.array(z.object({
    pointer: z.string().openapi({ example: "#/origin/lat" }),
    detail: z.string(),
  })).optional(),
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
}).openapi("Problem");

/** What is wrong with one field. */
export interface FieldError {
  /** Where it is, as a JSON pointer in a URI fragment: #/origin/lat. */
  pointer: string;
  detail: string;
}

/**
 * How many entries the `errors` of one problem have at most; invalid() keeps to it.
 * A body of 32 MB can be wrong in a million places: the answer must not repeat it, and whoever
 * reads the first of them knows what to mend.
 */
export const FIELD_ERRORS_MAX = 20;
const FIELD_CHARS_MAX = 256;
const DETAIL_CHARS_MAX = 2_048;

// Of these errors the body and the path are the cause wherever they are thrown.
const FINAL_CODES = new Set<ProblemCode>([
  "malformed_json",
  "method_not_allowed",
  "body_too_large",
]);

/** A failure on its way to the client. Throw it; functions/middleware/problem.ts writes it. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly errors: FieldError[];
  readonly headers: Record<string, string>;
  /** Whether the request's own path and body are at fault, so that a repetition must fail alike. */
  readonly final: boolean;

  /**
   * @param detail a sentence without its period, for the caller: it says what is wrong with this request;
   *   it may quote the request, and is cut where it grows long
   * @param options `final` may be true only if neither a header, nor a clock, nor what the mesh holds
   *   had a part in it: then the problem is kept under the request's Idempotency-Key
   */
  constructor(
    code: ProblemCode,
    detail: string,
    { errors = [], headers = {}, final = FINAL_CODES.has(code) }: {
      errors?: FieldError[];
      headers?: Record<string, string>;
      final?: boolean;
    } = {},
  ) {
    super(shortened(detail, DETAIL_CHARS_MAX));
    this.name = "ProblemError";
    this.code = code;
    this.errors = errors.map(({ pointer, detail }) => ({
      pointer: shortened(pointer, FIELD_CHARS_MAX),
      detail: shortened(detail, FIELD_CHARS_MAX),
    }));
    this.headers = headers;
    this.final = final;
  }
}

/** Never cut within a surrogate pair: half of one is no text, and JSON would escape it. */
function shortened(text: string, chars_max: number): string {
  if (text.length <= chars_max) return text;
  return `${text.slice(0, chars_max - 3).replace(/[\uD800-\uDBFF]$/, "")}...`;
}
