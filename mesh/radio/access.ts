/**
 * Access: what an ask waits for at the radio beside light and bytes, whichever node serves it. That is
 * processing, the next frame, the grant to send, now and then a stall, and the gap of a handover.
 *
 * Two readings of one distribution. expectedAccess() is its mean: placement adds it to every node alike,
 * and `access_ms` of an answer is that. drawAccess() is one sample: emulated latency and studies take it.
 * Neither is a measurement.
 * Left out: that stalls come in runs, and that the phase of a slot is known; both ways are independent.
 * @module
 */
import { type Seconds, seconds } from "../units.ts";
import type { RadioProfile } from "./profile.ts";

/** What an ask from the ground waits for at the radio, each way. */
export interface AccessDelay {
  up: Seconds;
  down: Seconds;
}

/**
 * The mean wait over all instants. An ask from a node has no such wait.
 * @returns seconds, each way; zero under `light`
 */
export function expectedAccess(profile: RadioProfile): AccessDelay {
  const { processing, frame, grant, stall, slots } = profile;
  const either = processing + frame / 2 + stall.share * stall.mean;
  // Who comes within the gap waits for its end: half of it, in the mean.
  const gap = slots ? slots.handover_share * slots.gap * slots.gap / (2 * slots.period) : 0;
  return {
    up: seconds(either + grant.fixed + grant.period / 2 + gap),
    down: seconds(either),
  };
}

/**
 * One ask's wait, at an instant of no particular phase of frames and slots. It takes seven numbers of
 * `random`, whatever the profile, so that a seed's later draws stay what they are.
 * @param random uniform in [0, 1), such as mulberry32()
 * @returns seconds, each way; its mean over many draws is expectedAccess()
 */
export function drawAccess(profile: RadioProfile, random: () => number): AccessDelay {
  const { processing, frame, grant, slots } = profile;
  let up = processing + frame * random() + grant.fixed + grant.period * random();
  up += drawStall(profile, random);
  const isHandover = random() < (slots?.handover_share ?? 0);
  const phase = random() * (slots?.period ?? 0);
  if (slots && isHandover) up += Math.max(0, slots.gap - phase);
  const down = processing + frame * random() + drawStall(profile, random);
  return { up: seconds(up), down: seconds(down) };
}

/** One number tells both: whether it comes, and, of those that do, how long it is. */
function drawStall({ stall: { share, mean } }: RadioProfile, random: () => number): number {
  const drawn = random();
  // Below the share, what is drawn over it is uniform again.
  return drawn < share ? -mean * Math.log(1 - drawn / share) : 0;
}
