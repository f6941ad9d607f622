/**
 * What a node says of itself with every answer, short enough to ride along.
 * @module
 */
import type { Sunlight } from "../orbit/sunlight.ts";
import type { AskClass } from "../billing/receipt.ts";
import { bookedWork, type Refusal, type Reservation } from "./admit.ts";
import { npuSpeed } from "./heat.ts";
import { comingOrbit, lightAgain, lowestCharge } from "./outlook.ts";
import type { HardwareProfile } from "./profile.ts";
import { freeFrom } from "./queue.ts";
import { busyUntil, type NodeState, npuTemperature } from "./state.ts";

/**
 * What a board that is attached to the node has measured: of its last run, and its temperature. Nothing
 * in it is modelled, and nothing is decided by it.
 */
export interface BoardFigures {
  /** How long the last run took; null before the first. */
  wall_ms: number | null;
  /** What the last run took; null: the board cannot tell. */
  energy_j: number | null;
  /** `rapl`: the processor's own counters; `declared`: from watts that the operator wrote down. */
  energy_source: "rapl" | "declared" | null;
  temperature_k: number | null;
  /** Real clock, ms since 1970. */
  at_ms: number;
}

/** What a node says of itself with every answer. Instants on the mesh clock. */
export interface Digest {
  node: string;
  at_ms: number;
  /** When a new ask of each class would start, as far as the node's queue tells. */
  free_ms: Record<AskClass, number>;
  /** 0..1 of the battery. */
  state_of_charge: number;
  /** Of the body. */
  temperature_k: number;
  npu_temperature_k: number;
  /** Share of full speed, 0..1: less than 1 where it throttles. */
  npu_speed: number;
  /** Names of the models in memory. */
  resident: readonly string[];
  /** Why it would refuse, and when it is worth asking again. */
  refusing: { refusal: Refusal; until_ms: number } | null;
  /** Missing: no board is attached, or it has measured nothing yet. */
  board?: BoardFigures;
}

// An NPU over its stop temperature idles, and takes minutes to cool: asking it sooner is in vain.
const COOL_MS = 30_000;
// Isolates hear of a repair from the registrars within 10 s, so a node out of service need not be asked
// often.
const GONE_MS = 30_000;

/**
 * Sums up a node's state for those who may ask it next.
 * @param node its id in the constellation
 * @param waiting the reservations that have not begun
 * @param refused why it has just refused an ask, if it has: a battery that spares enough for most asks
 *   may not spare enough for that one
 */
export function digestOf(
  node: string,
  state: NodeState,
  waiting: readonly Reservation[],
  { profile, sunlight }: { profile: HardwareProfile; sunlight: Sunlight },
  refused?: Refusal,
): Digest {
  const temperature = npuTemperature(state);
  const free = (askClass: AskClass) => freeFrom(waiting, busyUntil(state), askClass, state.at);
  return {
    node,
    at_ms: state.at,
    free_ms: {
      realtime: free("realtime"),
      interactive: free("interactive"),
      batch: free("batch"),
    },
    state_of_charge: state.battery / profile.battery,
    temperature_k: state.temperature,
    npu_temperature_k: temperature,
    npu_speed: npuSpeed(temperature, profile),
    resident: state.resident.map(({ model }) => model),
    refusing: refusing(state, waiting, { profile, sunlight }, refused),
  };
}

/** Why a node would refuse an ask that takes next to nothing, and when it is worth asking again. */
export function refusing(
  state: NodeState,
  waiting: readonly Reservation[],
  { profile, sunlight }: { profile: HardwareProfile; sunlight: Sunlight },
  refused?: Refusal,
): Digest["refusing"] {
  if (refused === "gone") return { refusal: "gone", until_ms: state.at + GONE_MS };
  if (npuTemperature(state) >= profile.temperature_stop) {
    return { refusal: "hot", until_ms: state.at + COOL_MS };
  }
  const all = { ...state, work: bookedWork(state, waiting) };
  const coming = comingOrbit(state.at, sunlight, busyUntil(all));
  const spares = lowestCharge(all, coming, profile) >= profile.battery_floor;
  if (spares && refused !== "dark") return null;
  return { refusal: "dark", until_ms: lightAgain(all, coming, profile) };
}
