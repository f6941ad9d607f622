/**
 * The problem where no node serves an ask: why, and when it is worth asking again.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { type MeshClock, meshNow, realDelay } from "../../mesh/clock.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";
import type { Reason } from "../../mesh/placement/scores.ts";
import type { whyHardware } from "../models/needs-hardware.ts";
import { retryAfter } from "../retry-after.ts";

/** An ask, and why it needs attached hardware; null: it does not. */
export interface Unserved {
  ask: Ask;
  hardware: ReturnType<typeof whyHardware>;
}

/** Why nobody can be asked, as far as is known without asking. */
export function nobodyNow(
  ranked: readonly Candidate[],
  asked: Unserved,
  clock: MeshClock,
): ProblemError {
  const again = ranked.map((candidate) => candidate.again ?? Infinity);
  const refusals = ranked.flatMap(({ refusal }) => refusal ?? []);
  // From a node no near ones are listed that would not serve.
  if (ranked.length === 0 && asked.hardware) refusals.push("no_hardware");
  return nobody(refusals, asked, realDelay(clock, Math.min(...again) - meshNow(clock, Date.now())));
}

/**
 * The problem when every node refuses: why, and when it is worth asking again.
 * @param again_ms until the first refusing node says that it serves again; Infinity if none says so
 */
export function nobody(
  refusals: Reason[],
  { ask, hardware }: Unserved,
  again_ms: number,
): ProblemError {
  const at = { "Perigee-Refused-At": new Date(ask.at).toISOString() };
  if (refusals.length === 0) {
    return new ProblemError("no_node", "No node is above the elevation mask there", {
      headers: { ...at, ...retryAfter() },
    });
  }
  const reasons = [...new Set(refusals)].join(", ");
  const headers = { ...at, "Perigee-Refusal": reasons };
  if (refusals.every((refusal) => refusal === "too_late")) {
    const detail = `No node can answer within ${ask.deadline_ms} ms`;
    return new ProblemError("deadline", detail, { headers });
  }
  if (hardware && refusals.every((refusal) => refusal === "no_hardware")) {
    const detail =
      `${hardware.says}. Attached hardware would run it, and no node within reach has any`;
    return new ProblemError(hardware.code, detail, { headers: { ...headers, ...retryAfter() } });
  }
  return new ProblemError("no_node", `All ${refusals.length} nodes near by refuse: ${reasons}`, {
    // Retry-After is when the first of them serves again, if any of them says when it will.
    headers: { ...headers, ...retryAfter(Number.isFinite(again_ms) ? again_ms : undefined) },
  });
}
