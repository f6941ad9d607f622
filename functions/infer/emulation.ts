/**
 * `Perigee-Emulate: latency`: the answer arrives when the modelled physics says it would, on the mesh
 * clock, so that an application feels the orbit. We wait for the way up before a node is asked, and
 * for the way down before the caller is answered; the wait in the node's queue is real in any case.
 * If the computing takes longer than the model says, the answer is late, and its measured time
 * shows it.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { type MeshClock, meshNow, realDelay } from "../../mesh/clock.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";
import type { Timing } from "../../mesh/placement/timing.ts";
import { drawAccess, expectedAccess } from "../../mesh/radio/access.ts";
import type { RadioProfile } from "../../mesh/radio/profile.ts";
import { randomOf } from "../../mesh/radio/seeded.ts";
import { type EpochMs, epochMs, seconds } from "../../mesh/units.ts";
import type { Services } from "../services.ts";

const HEADER = "Perigee-Emulate";

/**
 * Whether the caller asks for emulation; if so, the response's header says so.
 * @returns true for `Perigee-Emulate: latency`, false without the header
 * @throws ProblemError `invalid_request` for any other value
 */
export function emulatesLatency({ headers, setHeader }: Services): boolean {
  const asked = headers.get(HEADER);
  if (asked === null) return false;
  if (asked.trim().toLowerCase() === "latency") {
    setHeader(HEADER, "latency");
    return true;
  }
  throw new ProblemError("invalid_request", `${HEADER} must be "latency", or absent`);
}

/**
 * A candidate's timing with a draw of the radio's waits in the place of their mean. The seed is the
 * execution's id: an ask that is repeated under its Idempotency-Key waits as it did before.
 * @param execution_id the seed
 */
export function drawnTiming(
  { look, timing }: Pick<Candidate, "look" | "timing">,
  radio: RadioProfile,
  execution_id: string,
): Timing {
  // Between nodes there is no such wait.
  if (look === null) return timing;
  const mean = expectedAccess(radio);
  const drawn = drawAccess(radio, randomOf(execution_id));
  return {
    ...timing,
    access_up: seconds(timing.access_up - mean.up + drawn.up),
    access: seconds(timing.access - mean.up - mean.down + drawn.up + drawn.down),
  };
}

/** Waits until the ask and its bytes have arrived at the node. */
export const passUp = (clock: MeshClock, { light, up, access_up }: Timing): Promise<void> =>
  scheduler.wait(realDelay(clock, (light / 2 + up + access_up) * 1e3));

/**
 * Waits until what left the node has arrived at the caller: an answer, or a refusal, which has no
 * bytes.
 * @param leaves when it left the node, mesh clock
 * @param refused whether it is a refusal
 */
export function passDown(
  clock: MeshClock,
  leaves: EpochMs,
  { light, transfer, up, access, access_up }: Timing,
  refused: boolean,
): Promise<void> {
  const down_s = light / 2 + (access - access_up) + (refused ? 0 : transfer - up);
  const arrives = epochMs(leaves + down_s * 1e3);
  const wait = realDelay(clock, arrives - meshNow(clock, Date.now()));
  return wait > 0 ? scheduler.wait(wait) : Promise.resolve();
}
