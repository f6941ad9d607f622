/**
 * Writes every error in the form that clients of the route expect. Statuses and titles:
 * contract/problem.ts.
 * @module
 */
import { HTTPException } from "hono/http-exception";
import { type ProblemCode, ProblemError, PROBLEMS } from "../../contract/problem.ts";
import type { Ctx } from "../context.ts";

/** Turns whatever a route threw into a response, for Hono's `onError`. Only a bug becomes a 500. */
export function writeProblem(error: Error, c: Ctx): Response {
  const problem = toProblem(error);
  const { request_id, log } = c.var.services;
  if (problem.code === "internal") {
    log.error("A request failed on our side", { error, stack: error.stack });
  }
  const { status, title, openai } = PROBLEMS[problem.code];
  for (const [name, value] of Object.entries(problem.headers)) c.header(name, value);
  c.header("Perigee-Problem", problem.code);
  if (new URL(c.req.url).pathname.startsWith("/v2")) {
    return c.json({ error: problem.message, code: problem.code }, status);
  }
  const [first] = problem.errors;
  const body = {
    type: `/docs#${problem.code}`,
    title,
    status,
    detail: problem.message,
    instance: request_id,
    ...(problem.errors.length > 0 && { errors: problem.errors }),
    error: {
      message: problem.message,
      type: openai,
      param: first ? first.pointer.slice(2) : null,
      code: problem.code satisfies ProblemCode,
    },
  };
  return c.body(JSON.stringify(body), status, { "Content-Type": "application/problem+json" });
}

/** What a route threw, as a problem: `internal` for all that is none. */
export function toProblem(error: Error): ProblemError {
  if (error instanceof ProblemError) return error;
  // Hono's own validators throw these for a body that is not JSON.
  if (error instanceof HTTPException && error.status === 400) {
    return new ProblemError("malformed_json", error.message);
  }
  if (error instanceof HTTPException && error.status === 415) {
    return new ProblemError("unsupported_media_type", "Content-Type must be application/json");
  }
  return new ProblemError("internal", "The request failed on our side; its id helps to find why");
}
