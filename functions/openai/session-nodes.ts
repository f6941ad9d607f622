/**
 * Which node answered a session of a language model last, so that the next ask of the session goes where
 * its prompt is cached. A hint: it is this isolate's, and placement decides without it.
 * @module
 */
import type { Candidate } from "../../mesh/placement/candidate.ts";
import { CANDIDATES_MAX } from "../../mesh/placement/place.ts";

// Engines keep a prompt that nobody asks again for some minutes.
const LASTS_MS = 10 * 60_000;
// Ids come from callers: who was asked longest ago is forgotten first.
const SESSIONS_MAX = 10_000;

/** The last nodes of one isolate's sessions. */
export class SessionNodes {
  readonly #last = new Map<string, { node: string; at_ms: number }>();

  /**
   * The node that answered a session last.
   * @param session as the ask has it; null: it is of none
   * @param model whose cache it is
   * @param now_ms real clock, ms since 1970
   * @returns its id; null: nobody knows of one
   */
  last(session: string | null, model: string, now_ms: number): string | null {
    const last = session === null ? undefined : this.#last.get(keyOf(session, model));
    return last && Math.abs(now_ms - last.at_ms) <= LASTS_MS ? last.node : null;
  }

  /** Notes who has answered. @param now_ms real clock, ms since 1970 */
  note(session: string | null, model: string, { node, now_ms }: { node: string; now_ms: number }) {
    if (session === null) return;
    const key = keyOf(session, model);
    this.#last.delete(key);
    this.#last.set(key, { node, at_ms: now_ms });
    if (this.#last.size > SESSIONS_MAX) this.#last.delete(this.#last.keys().next().value!);
  }
}

const keyOf = (session: string, model: string): string => `${session} ${model}`;

/**
 * Puts a session's node first.
 * @param ranked in their order
 * @param kept the session's node as a candidate; null: there is none, or it is not in view
 * @returns `ranked` itself where nothing changes, and where the node would refuse the ask
 */
export function preferring(ranked: Candidate[], kept: Candidate | null): Candidate[] {
  if (kept === null || kept.refusal !== null || ranked[0]?.node === kept.node) return ranked;
  return [kept, ...ranked.filter(({ node }) => node !== kept.node)].slice(0, CANDIDATES_MAX);
}
