/**
 * Bounds how many models are uploaded at once in an isolate: each holds what it has read of the graph,
 * some MB, and an open connection to the bucket. A tenant has one slot, so that one which sends slowly
 * delays only itself.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { retryAfter } from "../retry-after.ts";

// An isolate has 128 MB, and large bodies take up to 64 of them (body-room.ts).
const SLOTS = 4;
// A caller that drops its connection takes its request's timers along, and nothing of the request runs
// any more. So a request that holds a slot says so again and again, or is forgotten.
const RENEW_MS = 1_000;
const FORGOTTEN_MS = 5_000;

interface Slot {
  /** Until when its upload is taken for alive, real clock, ms. */
  until: number;
}

/** By tenant. */
const held = new Map<string, Slot>();

/**
 * Takes a slot.
 * @param tenant_id who uploads
 * @returns gives the slot back
 * @throws ProblemError `overloaded` if the tenant has one, or all are taken
 */
export function takeUploadSlot(tenant_id: string): () => void {
  forgetTheDead();
  if (held.has(tenant_id)) throw full("Another upload of this tenant is under way here");
  if (held.size >= SLOTS) throw full("Other uploads are under way");
  const slot = { until: Date.now() + FORGOTTEN_MS };
  held.set(tenant_id, slot);
  const renewing = setInterval(() => {
    slot.until = Date.now() + FORGOTTEN_MS;
  }, RENEW_MS);
  return () => {
    clearInterval(renewing);
    // One that was forgotten, though alive, may have a successor.
    if (held.get(tenant_id) === slot) held.delete(tenant_id);
  };
}

function forgetTheDead(): void {
  const now = Date.now();
  for (const [tenant_id, { until }] of held) {
    // Beyond FORGOTTEN_MS the clock has jumped back: that must not keep anybody.
    if (now > until || until > now + FORGOTTEN_MS) held.delete(tenant_id);
  }
}

const full = (detail: string): ProblemError =>
  new ProblemError("overloaded", `${detail}: send it again later`, { headers: retryAfter() });
