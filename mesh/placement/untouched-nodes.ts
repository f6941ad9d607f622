/**
 * What nodes that nobody has touched would refuse: they are only computed, and a computed node refuses
 * as a real one does. A battery that carries the idle load through every shadow, and a body that stays
 * cool, are known once; then nobody asks here again. Else a closed form tells for nearly all of them,
 * and the node's own admission for the rest, and for each that is proposed.
 * @module
 */
import { admit, type Refusal } from "../node/admit.ts";
import { refusing } from "../node/digest.ts";
import { type IdleRates, idleRates, lowestBounds } from "../node/orbit-charge.ts";
import { type OrbitLight, orbitLight } from "../node/orbit-light.ts";
import { type HardwareProfile, npuDraw, npuTime } from "../node/profile.ts";
import type { Resident } from "../node/residency.ts";
import { idleTemperatures, leastSpare } from "../node/spare.ts";
import { type NodeState, untouched } from "../node/state.ts";
import type { Almanac } from "../orbit/almanac.ts";
import type { Constellation } from "../orbit/constellation.ts";
import type { Ecef } from "../orbit/frames.ts";
import { remembered } from "../orbit/remembered-sunlight.ts";
import { sunDirectionEcef } from "../orbit/sun.ts";
import { type Sunlight, sunlightOf } from "../orbit/sunlight.ts";
import { type EpochMs, type Joules, joules, seconds } from "../units.ts";
import type { Ask } from "./ask.ts";
import type { Digest } from "../node/digest.ts";
import type { Physics } from "./timing.ts";

// A node's sunlight takes half a millisecond to find and 8 kB to keep.
const KEPT_MAX = 1_024;
// Where the closed form cannot tell (heat near its stop), this many nodes are computed exactly, nearest
// first, and those farther away are passed over: one ask must not hold an isolate for seconds.
const RESOLVED_MAX = 512;

interface Known {
  sunlight: Sunlight;
  /** As it stood when it was last asked for. */
  state: NodeState | null;
}

/** What untouched nodes of one constellation and profile would refuse. */
export class UntouchedNodes {
  readonly #constellation: Constellation;
  readonly #profile: HardwareProfile;
  readonly #rates: IdleRates;
  readonly #spare: Joules;
  /** Whether every untouched node is at its stop temperature; null: some may be and some not. */
  readonly #hot: boolean | null;
  readonly #known = new Map<number, Known>();

  constructor(constellation: Constellation, profile: HardwareProfile) {
    this.#constellation = constellation;
    this.#profile = profile;
    this.#rates = idleRates(profile);
    this.#spare = spareOf(constellation, profile);
    const { least, most } = idleTemperatures(profile);
    const { temperature_stop } = profile;
    // By a margin, as the last bits of such figures may differ.
    this.#hot = most < temperature_stop - 1e-6 ? false : least >= temperature_stop ? true : null;
  }

  /**
   * Whether any node might refuse what takes this much energy beside idling.
   * @returns false: none would, and nobody need be asked
   */
  mayRefuse(energy: Joules): boolean {
    return this.#hot !== false || energy > this.#spare;
  }

  /**
   * What a node would say, by the closed form.
   * @returns null where that cannot tell
   */
  guess(light: OrbitLight, energy: Joules): "serves" | "dark" | "hot" | null {
    if (this.#hot) return "hot";
    const bounds = lowestBounds(light, this.#rates);
    if (!bounds || this.#hot === null) return null;
    const { battery_floor } = this.#profile;
    if (bounds.at_most < battery_floor) return "dark";
    return bounds.at_least - energy >= battery_floor ? "serves" : null;
  }

  /**
   * Why a node would refuse an ask, and when it is worth asking again, by its own admission.
   * @param index the node's, in the constellation
   */
  refusing(index: number, ask: Ask, resident: readonly Resident[]): Digest["refusing"] {
    const { sunlight, state } = this.#at(index, ask.at, resident);
    const hardware = { profile: this.#profile, sunlight };
    const { class: askClass, operations, load_bytes } = ask;
    const model = { model: ask.model, bytes: ask.memory_bytes };
    const within = seconds(Infinity);
    const demand = { id: "", class: askClass, operations, model, load_bytes, within };
    const admitted = admit(state, [], demand, hardware);
    if (admitted.ok || !isItsOwn(admitted.refusal)) return null;
    return refusing(state, [], hardware, admitted.refusal);
  }

  /**
   * Why a node would refuse an ask that takes next to nothing.
   * @param index the node's, in the constellation
   * @returns what its digest would say; null: it would not refuse
   */
  idleRefusal(index: number, at: EpochMs, light: OrbitLight): Refusal | null {
    if (!this.mayRefuse(joules(0))) return null;
    const guess = this.guess(light, joules(0));
    if (guess !== null) return guess === "serves" ? null : guess;
    const { sunlight, state } = this.#at(index, at, []);
    return refusing(state, [], { profile: this.#profile, sunlight })?.refusal ?? null;
  }

  #at(index: number, at: EpochMs, resident: readonly Resident[]): {
    sunlight: Sunlight;
    state: NodeState;
  } {
    let known = this.#known.get(index);
    if (!known) {
      if (this.#known.size === KEPT_MAX) this.#known.delete(this.#known.keys().next().value!);
      known = {
        sunlight: remembered(sunlightOf(this.#constellation.elements(index))),
        state: null,
      };
      this.#known.set(index, known);
    }
    const { sunlight } = known;
    let { state } = known;
    if (state?.at !== at) state = known.state = untouched(at, this.#profile, sunlight, []);
    return { sunlight, state: { ...state, resident } };
  }
}

const isItsOwn = (refusal: Refusal): boolean => refusal === "dark" || refusal === "hot";

/** The least of all nodes. Those of one generated shell differ in nothing that counts. */
function spareOf(constellation: Constellation, profile: HardwareProfile): Joules {
  const { shells, groups, count } = constellation;
  let least = Infinity;
  let start = 0;
  const take = (index: number) => {
    least = Math.min(least, leastSpare(constellation.elements(index), profile));
  };
  if (shells) {
    for (let group = 0; group < groups.length; group++) {
      take(start);
      start += shells[group].planes * shells[group].per_plane;
    }
  } else {
    for (let index = 0; index < count; index++) take(index);
  }
  return joules(least);
}

const made = new WeakMap<Constellation, WeakMap<HardwareProfile, UntouchedNodes>>();

/** Made once for a constellation and a profile. */
export function untouchedNodes(
  constellation: Constellation,
  profile: HardwareProfile,
): UntouchedNodes {
  let ofConstellation = made.get(constellation);
  if (!ofConstellation) made.set(constellation, ofConstellation = new WeakMap());
  let nodes = ofConstellation.get(profile);
  if (!nodes) ofConstellation.set(profile, nodes = new UntouchedNodes(constellation, profile));
  return nodes;
}

type Above = { ask: Ask; almanac: Almanac; physics: Physics };

/** What the ask's run takes beside idling: the same at any speed. */
const energyOf = ({ operations }: Ask, { profile }: Physics): Joules =>
  joules((npuDraw(1, profile) - npuDraw(0, profile)) * npuTime(operations, 1, profile));

/** Why an untouched node would refuse the ask; null: it would not. */
export function untouchedRefusing(
  index: number,
  { ask, almanac, physics }: Above,
): Digest["refusing"] {
  const nodes = untouchedNodes(almanac.constellation, physics.profile);
  if (!nodes.mayRefuse(energyOf(ask, physics))) return null;
  return nodes.refusing(index, ask, physics.resident);
}

/** Whether the node takes the ask; its place stands at `xyz[offset]`. */
export type TakesAsk = (index: number, xyz: Float64Array, offset: number) => boolean;

/** For a search over untouched nodes; null where every one of them takes the ask. */
export function untouchedTakes({ ask, almanac, physics }: Above): TakesAsk | null {
  const nodes = untouchedNodes(almanac.constellation, physics.profile);
  const energy = energyOf(ask, physics);
  if (!nodes.mayRefuse(energy)) return null;
  const sun = sunDirectionEcef(ask.at);
  const positions = almanac.at(ask.at);
  const node: Ecef = { x: 0, y: 0, z: 0 };
  let resolved = 0;
  return (index, xyz, offset) => {
    node.x = xyz[offset];
    node.y = xyz[offset + 1];
    node.z = xyz[offset + 2];
    const velocity = positions.velocity(index);
    const guess = nodes.guess(orbitLight(node, velocity, sun), energy);
    if (guess !== null) return guess === "serves";
    if (resolved === RESOLVED_MAX) return false;
    resolved++;
    return nodes.refusing(index, ask, physics.resident) === null;
  };
}
