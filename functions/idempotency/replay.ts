/**
 * Answers a request whose Idempotency-Key has been used: the stored response, or a problem.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import type { Begun } from "../../durable-objects/idempotency/stored-responses.ts";
import { unavailable } from "../backends/unavailable.ts";
import { withObject } from "../backends/with-object.ts";
import { retryAfter } from "../retry-after.ts";
import type { Services } from "../services.ts";
import { type KeyedStore, sentBody } from "./keyed-run.ts";
import { open } from "./sealed-response.ts";

/**
 * The stored response of a key, with `Idempotency-Replayed: true`.
 * @throws ProblemError `still_running`, `conflict` (its answer was too large to keep) or
 * `key_reused`
 * @throws ProblemError `answers_unavailable` if a part of the response cannot be read, `overloaded` if
 *   there is no room for a large one
 */
export async function replay(
  services: Services,
  { store, seal_key }: KeyedStore,
  { begun, key_hash }: { begun: Exclude<Begun, { is: "run" }>; key_hash: string },
): Promise<Response> {
  if (begun.is === "running") {
    throw new ProblemError(
      "still_running",
      "The first request with this Idempotency-Key is running still: ask again",
      { headers: retryAfter() },
    );
  }
  if (begun.is === "unkept") {
    throw new ProblemError(
      "conflict",
      "The request was done, but its answer was too large to keep: another key runs it again",
      { headers: { "x-should-retry": "false" } },
    );
  }
  if (begun.is === "other") {
    throw new ProblemError("key_reused", "This Idempotency-Key was used for another request");
  }
  // Its text, its bytes and their copy are in memory at once, and the bytes until they have been read.
  if (begun.parts > 1) await services.room.enter("keyed");
  const parts = [begun.first];
  for (let part = 1; part < begun.parts; part++) {
    const of = { key_hash, execution_id: begun.execution_id };
    const found = await withObject(
      services,
      "stored_responses",
      () => store.part(of, part) as Promise<string | null>,
    );
    if (found === null) throw unavailable("stored_responses");
    parts.push(found);
  }
  const opened = await open(parts.join(""), seal_key);
  if (!opened.ok) {
    // A newer release has stored the response, and will read it once it is deployed again.
    if (opened.refusal === "newer") throw unavailable("stored_responses");
    const detail = "This Idempotency-Key was used with another admin credential";
    throw new ProblemError("key_reused", detail);
  }
  const { response: stored } = opened;
  const headers = new Headers(stored.headers);
  headers.set("Idempotency-Replayed", "true");
  const empty = stored.status === 204 || stored.status === 205;
  return new Response(empty ? null : sentBody(stored.body, services), {
    status: stored.status,
    headers,
  });
}
