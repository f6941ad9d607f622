/**
 * Asks the mesh, as any client does: over its public routes, with the page's credential.
 * A failure is an ApiError, which says what it is in words for whoever reads the page.
 * @module
 */
import type { ProblemCode } from "../contract/problem.ts";
import { currentKey } from "./session.ts";

/** What is wrong, as far as a page acts on it. */
export type Failure = "no_key" | "bad_key" | "forbidden" | "lost" | "ledger" | "problem";

export interface AskOptions {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Why the mesh did not do what it was asked. */
export class ApiError extends Error {
  readonly failure: Failure;
  /** 0: no answer came. */
  readonly status: number;
  /** Of contract/problem.ts, or empty. */
  readonly code: ProblemCode | "";
  /** What is wrong, in a few words; the message says it in a sentence. */
  readonly title: string;
  /** The request's id, by which an operator finds it; empty: no answer came. */
  readonly request: string;

  constructor(
    failure: Failure,
    { title, detail, status = 0, code = "", request = "" }: {
      title: string;
      detail: string;
      status?: number;
      code?: ProblemCode | "";
      request?: string;
    },
  ) {
    super(detail);
    this.name = "ApiError";
    this.failure = failure;
    this.title = title;
    this.status = status;
    this.code = code;
    this.request = request;
  }
}

const LOST = {
  title: "The connection to the mesh is lost",
  detail: "No answer came. What is shown is of before; it goes on by itself once the mesh answers.",
};
const NO_KEY = {
  title: "This needs a key",
  detail: "Enter an API key above: without one the mesh shows orbits and models, and runs nothing.",
};
const BAD_KEY = {
  title: "The mesh does not take this key",
  detail: "It is mistyped, expired or revoked. Enter another one above.",
};
const LEDGER_AWAY = {
  title: "The ledger is away",
  detail: "Nodes go on thinking, and receipts wait on them. Usage, keys and invoices come back " +
    "with the ledger.",
};
const AWAY: readonly string[] = ["ledger_unavailable", "gatekeeper_unavailable"];

/**
 * Sends one request, and waits for the head of its answer.
 * @returns an answer of success
 * @throws ApiError for every other one, and where none came
 */
export async function call(path: string, options: AskOptions = {}): Promise<Response> {
  const { method = options.body === undefined ? "GET" : "POST", body, headers, signal } = options;
  const key = currentKey();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        ...(key && { Authorization: `Bearer ${key}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: "omit",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    // A header takes no letter beyond Latin-1: such a key is none.
    if (!/^[\x20-\xff]*$/.test(key)) throw new ApiError("bad_key", BAD_KEY);
    throw new ApiError("lost", LOST);
  }
  if (response.ok) return response;
  throw await failureOf(response, key);
}

/** As call(), and reads the answer's JSON. */
export async function ask<T>(path: string, options: AskOptions = {}): Promise<T> {
  const response = await call(path, options);
  try {
    return await response.json() as T;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError("lost", LOST);
  }
}

interface AnyProblem {
  title?: string;
  detail?: string;
  errors?: { pointer: string; detail: string }[];
  /** Of the Open Inference Protocol, a text; of a problem, an object. */
  error?: unknown;
}

async function failureOf(response: Response, key: string): Promise<ApiError> {
  const { status, headers } = response;
  const code = (headers.get("Perigee-Problem") ?? "") as ProblemCode | "";
  const request = headers.get("X-Request-Id") ?? "";
  const known = { status, code, request };
  if (status === 401) {
    return key === ""
      ? new ApiError("no_key", { ...NO_KEY, ...known })
      : new ApiError("bad_key", { ...BAD_KEY, ...known });
  }
  if (AWAY.includes(code)) return new ApiError("ledger", { ...LEDGER_AWAY, ...known });
  const body: AnyProblem = await response.json().catch(() => ({}));
  const title = body.title ?? `The mesh answered with status ${status}`;
  const fields = (body.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`);
  const said = typeof body.error === "string" ? body.error : body.detail ?? title;
  const detail = [said, ...fields].join("; ");
  return new ApiError(status === 403 ? "forbidden" : "problem", { title, detail, ...known });
}
