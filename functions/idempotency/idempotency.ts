/**
 * `Idempotency-Key`: a request that is sent twice with one key runs once. Without the header nothing
 * happens here. docs/idempotency.md says what is promised and why.
 *
 * Middleware, and the only file of this folder that knows the web framework's context. It runs behind a
 * route's authentication and before everything else of it (post-route.ts).
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { Begun, RunRight } from "../../durable-objects/idempotency/stored-responses.ts";
import { idempotencyObject } from "../../durable-objects/names.ts";
import { withObject } from "../backends/with-object.ts";
import type { Ctx, Middleware } from "../context.ts";
import { toProblem } from "../middleware/problem.ts";
import type { Services } from "../services.ts";
import { sha256Hex } from "../sha256-hex.ts";
import { executionId } from "./execution-id.ts";
import { fingerprinted, headersHash } from "./fingerprint.ts";
import { KeyedRun, type KeyedStore } from "./keyed-run.ts";
import { replay } from "./replay.ts";
import type { SealKey } from "./sealed-response.ts";

/** The kind of credential that a route asks for: a tenant's key, or an admin's token or key. */
export type Credential = "key" | "admin";

/**
 * How large a body a route takes, by the parameters of its path. It may throw what the route would of
 * them.
 */
export type BytesMaxOf = (
  params: Record<string, string>,
  services: Services,
) => number | Promise<number>;

/**
 * Makes the middleware.
 * @param asks what the route's authentication asks for; it has checked the credential by then
 * @param bytesMaxOf how large a body the route takes
 */
export function idempotency(asks: Credential, bytesMaxOf: BytesMaxOf): Middleware {
  return async (c, next) => {
    const services = c.get("services");
    const key = services.headers.get("Idempotency-Key");
    if (key === null) return await next();
    if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
      const detail = "Idempotency-Key must be 1 to 255 printable ASCII characters";
      throw new ProblemError("invalid_request", detail);
    }
    const scope = scopeOf(services, asks);
    const headers_hash = headersHash(c.req.raw);
    const { fingerprint, request } = await fingerprinted(
      c.req.raw,
      await bytesMaxOf(c.req.param(), services),
      services.room,
    );
    c.req.raw = request;
    // An admin's responses hold keys in the clear: a guessed Idempotency-Key must not open them.
    const secret = asks === "key" ? key : `${key}\n${credentialOf(services)}`;
    const answered = once(c, next, { key, headers_hash, seal_key: { scope, fingerprint, secret } });
    // If the caller hangs up, the run goes on to its end all the same: otherwise it would leave the
    // key held.
    services.after(answered.then(() => {}, () => {}));
    return await answered;
  };
}

/** The credential that the request shows, in one spelling of the scheme and of the blanks behind it. */
const credentialOf = ({ headers }: Services): string =>
  (headers.get("Authorization") ?? "").replace(/^Bearer +/i, "Bearer ");

/** Who owns the Idempotency-Key: two tenants may use the same text without meeting. */
const scopeOf = (services: Services, asks: Credential): string =>
  asks === "admin" ? "admin" : `tenant:${services.caller.tenant_id}`;

async function once(
  c: Ctx,
  next: () => Promise<void>,
  { key, headers_hash, seal_key }: { key: string; headers_hash: string; seal_key: SealKey },
): Promise<Response | void> {
  const services = c.get("services");
  const { scope, fingerprint } = seal_key;
  const key_hash = sha256Hex(`${scope}\n${key}`);
  const store = idempotencyObject(services.env, { scope, key_hash });
  const ask = { key_hash, fingerprint, headers_hash, execution_id: executionId(Date.now()) };
  // If the store does not answer, the request is refused: it may have run before.
  const begun = await withObject(
    services,
    "stored_responses",
    () => store.begin(ask) as Promise<Begun>,
  );
  if (begun.is !== "run") {
    const replayed = await replay(services, { store, seal_key }, { begun, key_hash });
    // newResponse() adds the headers that were set for this request, and not for the one that ran,
    // such as those of the rate.
    return c.newResponse(replayed.body, replayed);
  }
  services.execution_id = begun.turn.execution_id;
  services.repeated = begun.turn.attempt > 1;
  await runOnce(c, { store, seal_key }, { turn: begun.turn, next });
}

/**
 * Runs the route. Stores the response before it is sent, since a request that was answered must never
 * run again.
 */
async function runOnce(
  c: Ctx,
  keyed: KeyedStore,
  { turn, next }: { turn: RunRight; next: () => Promise<void> },
): Promise<void> {
  const run = new KeyedRun(c.var.services, keyed, turn);
  try {
    await next();
  } catch (error) {
    await run.release();
    throw error;
  }
  const response = c.res;
  if (!isFinal(response, c.error)) return await run.release();
  const { body, status, headers } = response;
  const streams = headers.get("Content-Type")?.startsWith("text/event-stream");
  const sent = body && streams ? run.finishStream(response, body) : await run.finish(response);
  // If the old response were still set, Hono would merge its headers into the new one's.
  c.res = undefined;
  c.res = new Response(body && sent, { status, headers });
}

/**
 * Whether a repetition must get the same response: it succeeded, or its problem says that the request
 * itself is wrong for good. All else depends on the moment or on a header (a budget, a clock, a node, a
 * tenant that is made a moment later): a repetition runs again, and may carry another header.
 */
function isFinal({ ok }: Response, error: Error | undefined): boolean {
  return error ? toProblem(error).final : ok;
}
