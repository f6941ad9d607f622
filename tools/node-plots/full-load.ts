/**
 * A node at full load, lived through with the mesh's own admission: one run after the other, each of
 * ten seconds at full speed; where the node refuses, it idles for half a minute and is asked again.
 * @module
 */
import { admit, begin, type Refusal } from "../../mesh/node/admit.ts";
import { npuSpeed } from "../../mesh/node/heat.ts";
import { DEFAULT_PROFILE, type HardwareProfile, npuDraw } from "../../mesh/node/profile.ts";
import { advance, busyUntil, npuTemperature, untouched, walk } from "../../mesh/node/state.ts";
import { FILED } from "../../mesh/orbit/filed.ts";
import { type Sunlight, sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { epochMs, kelvin, seconds, watts } from "../../mesh/units.ts";

export const FROM = epochMs(Date.UTC(2026, 5, 21));
const RUN_S = 10;
const AGAIN_MS = 30_000;
const MODEL = { model: "m", bytes: 1 };

/** Two nodes of one shell, 550 km up: one sees no shadow in June, one for 34 minutes of 95. */
const ALWAYS_LIT = "G1A-043-016";
const ORDINARY = "G1A-005-001";
export const ORBITS = { lit: lightOf(ALWAYS_LIT), ordinary: lightOf(ORDINARY) };

function lightOf(node: string): Sunlight {
  const index = FILED.indexOf(node);
  if (index < 0) throw new RangeError(`No node ${node} is filed`);
  return sunlightOf(FILED.elements(index));
}

/** A default node of so many tera-operations per second and watt, at 200 TOPS. */
export const withTopsPerWatt = (tops_per_w: number): HardwareProfile => ({
  ...DEFAULT_PROFILE,
  npu_active: watts(DEFAULT_PROFILE.npu_tops / tops_per_w),
});

/** How a node stands at an instant. */
export interface Sample {
  hours: number;
  body_k: number;
  npu_k: number;
  /** 0 where it idles. */
  speed: number;
  charge: number;
  refused: Refusal | null;
}

/** @param asked false: the node is left alone */
export function live(
  { profile, sunlight, hours, asked = true }: {
    profile: HardwareProfile;
    sunlight: Sunlight;
    hours: number;
    asked?: boolean;
  },
): Sample[] {
  const samples: Sample[] = [];
  const until = FROM + hours * 3.6e6;
  let state = untouched(FROM, profile, sunlight, [MODEL]);
  const ask = {
    id: "",
    class: "batch" as const,
    operations: RUN_S * profile.npu_tops * 1e12,
    model: MODEL,
    load_bytes: 0,
    within: seconds(Infinity),
  };
  while (state.at < until) {
    const admitted = asked ? admit(state, [], ask, { profile, sunlight }) : null;
    samples.push({
      hours: (state.at - FROM) / 3.6e6,
      body_k: state.temperature,
      npu_k: npuTemperature(state),
      speed: admitted?.ok ? npuSpeed(npuTemperature(state), profile) : 0,
      charge: state.battery / profile.battery,
      refused: admitted && !admitted.ok ? admitted.refusal : null,
    });
    if (admitted?.ok) state = begin(state, admitted.reservation, state.at, profile, []);
    const to = admitted?.ok ? busyUntil(state) : epochMs(state.at + AGAIN_MS);
    state = advance(state, to, profile, sunlight);
  }
  return samples;
}

/** The least TOPS/W at which full load for a day keeps the NPU under its throttle, on a raster of 0.01. */
export function leastTopsPerWatt(sunlight: Sunlight): number {
  let [throttles, stays] = [1, 1_000];
  while (stays - throttles > 1) {
    const middle = Math.floor((throttles + stays) / 2);
    const profile = withTopsPerWatt(middle / 100);
    if (hottest(profile, sunlight) < profile.temperature_throttle) stays = middle;
    else throttles = middle;
  }
  return stays / 100;
}

/** The NPU's highest temperature at full speed for a day, whatever it would refuse. */
function hottest(profile: HardwareProfile, sunlight: Sunlight): number {
  const until = epochMs(FROM + 86_400_000);
  const work = [{ from: FROM, until, draw: npuDraw(1, profile) }];
  let [state, highest] = [{ ...untouched(FROM, profile, sunlight, []), work }, 0];
  // By the minute, as a piece may be hotter in its midst than at its end.
  for (let at = FROM + 60_000; at <= until; at += 60_000) {
    state = walk(state, sunlight(state.at, epochMs(at)), profile) as typeof state;
    highest = Math.max(highest, kelvin(npuTemperature(state)));
  }
  return highest;
}
