/**
 * A node's state and how it moves: battery, heat and NPU between two instants, in closed form.
 *
 * The way is cut where sunlight, NPU or charging change; each piece is exact (energy.ts, heat.ts).
 * No ticking: the work is in finding the edges of sunlight. What a node did days ago has
 * left no trace in it (it has been full since, and its heat is gone), so a longer way is only looked
 * at from where it still matters; `forgotten()` proves it each time before it relies on it.
 * Not its job: whether to take an ask (admit.ts), in which order (queue.ts).
 * @module
 */
import type { LightStretch, Sunlight } from "../orbit/sunlight.ts";
import {
  type EpochMs,
  epochMs,
  type Joules,
  joules,
  type Kelvin,
  kelvin,
  seconds,
  type Watts,
  watts,
} from "../units.ts";
import { chargeBattery, type Flows } from "./energy.ts";
import { absorbed, bodyAfter, equilibrium, riseAfter } from "./heat.ts";
import { type HardwareProfile, npuDraw } from "./profile.ts";
import type { Resident } from "./residency.ts";

/** Work that the NPU has taken on: it draws `draw` from `from` until `until`. */
export interface Work {
  from: EpochMs;
  until: EpochMs;
  draw: Watts;
}

/** All of a node that changes, at one instant. */
export interface NodeState {
  /** The instant, on the mesh clock, that all of this holds for. */
  at: EpochMs;
  battery: Joules;
  /** Of the body. */
  temperature: Kelvin;
  /** How far the NPU stands over the body: a difference. */
  npu_rise: Kelvin;
  /** In order, none before `at`, none overlapping. */
  work: readonly Work[];
  /** Models in memory, the one used last standing last. */
  resident: readonly Resident[];
}

/** The NPU's own temperature. */
export const npuTemperature = ({ temperature, npu_rise }: NodeState): Kelvin =>
  kelvin(temperature + npu_rise);

/** When the NPU will have done all that it has begun or is bound to begin. */
export const busyUntil = ({ at, work }: NodeState): EpochMs => work.at(-1)?.until ?? at;

// At 230 K the default body's heat fades by e in 75 min: after this long, below a billionth.
export const MEMORY_MS = 1.5 * 86_400_000;
// Relative. A battery that has been full is full to the last bit; heat fades for ever.
const FORGOTTEN_CHARGE = 1e-12;
const FORGOTTEN_HEAT = 1e-9;

/**
 * The state of a node that nobody has touched: as its orbit alone makes it.
 * @param resident the models that it holds (models/launched.ts)
 */
export function untouched(
  at: EpochMs,
  profile: HardwareProfile,
  sunlight: Sunlight,
  resident: readonly Resident[],
): NodeState {
  const state = {
    at: epochMs(at - MEMORY_MS),
    battery: profile.battery,
    temperature: equilibrium(
      watts(profile.housekeeping + profile.npu_idle + absorbed(false, profile)),
      profile,
    ),
    npu_rise: kelvin(profile.npu_resistance * profile.npu_idle),
    work: [],
    resident,
  };
  return walk(state, sunlight(state.at, at), profile);
}

/**
 * Brings a state to a later instant. An earlier one changes nothing: a clock that jumps back must
 * not create energy, so the state waits until time has caught up.
 * @param flows added to, if given; then every piece of the way is walked, however long it is
 * @param onPiece sees the state at the end of each piece that is walked
 */
export function advance(
  state: NodeState,
  to: EpochMs,
  profile: HardwareProfile,
  sunlight: Sunlight,
  flows?: Flows,
  onPiece?: (state: NodeState) => void,
): NodeState {
  if (to <= state.at) return state;
  if (to - state.at > 2 * MEMORY_MS && busyUntil(state) < to - MEMORY_MS && !flows) {
    const known = forgotten(state, to, profile, sunlight);
    if (known) return known;
  }
  return walk(state, sunlight(state.at, to), profile, { flows, onPiece });
}

/**
 * The state at the end of its memory's span if it is the same however that began; else null.
 * More charge at the start never leaves less, more heat never less, and a fuller battery takes charge,
 * and gives off the heat of it, for no longer: so the two ends of what can have been enclose the rest.
 */
function forgotten(
  state: NodeState,
  to: EpochMs,
  profile: HardwareProfile,
  sunlight: Sunlight,
): NodeState | null {
  const from = epochMs(to - MEMORY_MS);
  const stretches = sunlight(from, to);
  const idle = profile.housekeeping + profile.npu_idle + absorbed(false, profile);
  const most = profile.housekeeping + profile.npu_active + absorbed(true, profile) +
    profile.charge_max * (1 - profile.charge_efficiency);
  const start = { ...state, at: from, work: [] };
  const emptyAndHot = walk(
    {
      ...start,
      battery: joules(0),
      temperature: kelvin(Math.max(state.temperature, equilibrium(watts(most), profile))),
      npu_rise: kelvin(Math.max(state.npu_rise, profile.npu_resistance * profile.npu_active)),
    },
    stretches,
    profile,
  );
  const fullAndCold = walk(
    {
      ...start,
      battery: profile.battery,
      temperature: kelvin(Math.min(state.temperature, equilibrium(watts(idle), profile))),
      npu_rise: kelvin(0),
    },
    stretches,
    profile,
  );
  const same = fullAndCold.battery - emptyAndHot.battery <= FORGOTTEN_CHARGE * profile.battery &&
    emptyAndHot.temperature - fullAndCold.temperature <= FORGOTTEN_HEAT * fullAndCold.temperature &&
    emptyAndHot.npu_rise - fullAndCold.npu_rise <= FORGOTTEN_HEAT * fullAndCold.temperature;
  return same ? fullAndCold : null;
}

/**
 * Walks the pieces in which nothing changes, from stretch to stretch, to the end of the last.
 * @param flows added to, if given
 * @param onPiece sees the state at the end of each
 */
export function walk(
  start: NodeState,
  stretches: LightStretch[],
  profile: HardwareProfile,
  { flows, onPiece }: { flows?: Flows; onPiece?: (state: NodeState) => void } = {},
): NodeState {
  const state = { ...start, work: [...start.work] };
  for (const { until, sunlit } of stretches) {
    while (state.at < until) {
      const [next] = state.work;
      const running = next !== undefined && next.from <= state.at;
      const edge = next === undefined ? until : Math.min(until, running ? next.until : next.from);
      const draw = running ? next.draw : npuDraw(0, profile);
      piece(state, { until: epochMs(edge), sunlit, draw }, profile, flows);
      if (running && edge === next.until) state.work.shift();
      onPiece?.(state);
    }
  }
  return state;
}

/** One piece: nothing changes but that the battery may come to be full on the way. */
function piece(
  state: NodeState,
  { until, sunlit, draw }: { until: EpochMs; sunlit: boolean; draw: Watts },
  profile: HardwareProfile,
  flows?: Flows,
): void {
  const lasts = seconds((until - state.at) / 1e3);
  const load = watts(profile.housekeeping + draw);
  const { battery, charging, charge_heat } = chargeBattery(
    state.battery,
    { lasts, sunlit, load },
    profile,
    flows,
  );
  const heat = watts(load + absorbed(sunlit, profile));
  const warmed = bodyAfter(
    state.temperature,
    { heat: watts(heat + charge_heat), lasts: charging },
    profile,
  );
  state.temperature = bodyAfter(warmed, { heat, lasts: seconds(lasts - charging) }, profile);
  state.npu_rise = riseAfter(state.npu_rise, { power: draw, lasts }, profile);
  state.battery = battery;
  state.at = until;
}
