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
import type { ShellProfiles } from "../node/shell-profiles.ts";
import { untouchedCharge } from "../node/outlook.ts";
import { idleTemperatures, leastSpare } from "../node/spare.ts";
import { type NodeState, untouched } from "../node/state.ts";
import type { Almanac } from "../orbit/almanac.ts";
import type { Constellation } from "../orbit/constellation.ts";
import type { Ecef } from "../orbit/frames.ts";
import { remembered } from "../orbit/remembered-sunlight.ts";
import { sunDirectionEcef } from "../orbit/sun.ts";
import { type Sunlight, sunlightOf } from "../orbit/sunlight.ts";
import { type EpochMs, type Joules, joules, kelvin, seconds } from "../units.ts";
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

/** What is known once of all untouched nodes of one hardware. */
interface Kind {
  profile: HardwareProfile;
  rates: IdleRates;
  /** What each of them can spare beside idling. */
  spare: Joules;
  /** Whether every one of them is at its stop temperature; null: some may be and some not. */
  hot: boolean | null;
  /** At its warmest, where even so none slows down; null: some might. */
  cool: Pick<NodeState, "temperature" | "npu_rise"> | null;
}

/** What untouched nodes of one constellation and its hardware would refuse. */
export class UntouchedNodes {
  readonly #constellation: Constellation;
  readonly #profiles: ShellProfiles;
  readonly #kinds: readonly Kind[];
  readonly #known = new Map<number, Known>();

  constructor(constellation: Constellation, profiles: ShellProfiles) {
    this.#constellation = constellation;
    this.#profiles = profiles;
    const spares = sparesOf(constellation, profiles);
    this.#kinds = profiles.kinds.map((profile, kind) => ({
      profile,
      rates: idleRates(profile),
      spare: spares[kind],
      hot: isHot(profile),
      cool: warmestIfCool(profile),
    }));
  }

  /**
   * Whether any node of a kind might refuse what takes this much energy beside idling.
   * @param kind of `kinds` of the profiles
   * @returns false: none would, and nobody need be asked
   */
  mayRefuse(kind: number, energy: Joules): boolean {
    const { hot, spare } = this.#kinds[kind];
    return hot !== false || energy > spare;
  }

  /**
   * What a node would say, by the closed form.
   * @param kind the node's, of `kinds` of the profiles
   * @returns null where that cannot tell
   */
  guess(kind: number, light: OrbitLight, energy: Joules): "serves" | "dark" | "hot" | null {
    const { hot, rates, profile: { battery_floor } } = this.#kinds[kind];
    if (hot) return "hot";
    const bounds = lowestBounds(light, rates);
    if (!bounds || hot === null) return null;
    if (bounds.at_most < battery_floor) return "dark";
    return bounds.at_least - energy >= battery_floor ? "serves" : null;
  }

  /**
   * Why a node would refuse an ask, and when it is worth asking again, by its own admission.
   * @param index the node's, in the constellation
   */
  refusing(index: number, ask: Ask, resident: readonly Resident[]): Digest["refusing"] {
    const { sunlight, state, profile } = this.#at(index, ask.at, resident);
    const hardware = { profile, sunlight };
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
    const kind = this.#profiles.kindOfNode(this.#constellation, index);
    if (!this.mayRefuse(kind, joules(0))) return null;
    const guess = this.guess(kind, light, joules(0));
    if (guess !== null) return guess === "serves" ? null : guess;
    const { sunlight, state, profile } = this.#at(index, at, []);
    return refusing(state, [], { profile, sunlight })?.refusal ?? null;
  }

  #at(index: number, at: EpochMs, resident: readonly Resident[]): {
    sunlight: Sunlight;
    state: NodeState;
    profile: HardwareProfile;
  } {
    const profile = this.#profiles.of(this.#constellation, index);
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
    if (state?.at !== at) state = known.state = this.#stateAt(index, at, profile, sunlight);
    return { sunlight, state: { ...state, resident }, profile };
  }

  /** Of a node that is never warm the battery alone decides, and its last revolution tells that. */
  #stateAt(
    index: number,
    at: EpochMs,
    profile: HardwareProfile,
    sunlight: Sunlight,
  ): NodeState {
    const { cool, rates } = this.#kinds[this.#profiles.kindOfNode(this.#constellation, index)];
    if (!cool) return untouched(at, profile, sunlight, []);
    const battery = untouchedCharge(at, profile, sunlight, rates.gain);
    return battery === null
      ? untouched(at, profile, sunlight, [])
      : { at, battery, ...cool, work: [], resident: [] };
  }
}

const isItsOwn = (refusal: Refusal): boolean => refusal === "dark" || refusal === "hot";

/** Whether every idle node is at its stop temperature; null: some may be and some not. */
function isHot(profile: HardwareProfile): boolean | null {
  const { least, most } = idleTemperatures(profile);
  const { temperature_stop } = profile;
  // By a margin, as the last bits of such figures may differ.
  return most < temperature_stop - 1e-6 ? false : least >= temperature_stop ? true : null;
}

/** As warm as an idle node comes, if its NPU runs at full speed even then. */
function warmestIfCool(profile: HardwareProfile): Kind["cool"] {
  const { most } = idleTemperatures(profile);
  const npu_rise = kelvin(profile.npu_resistance * profile.npu_idle);
  const isCool = most < Math.min(profile.temperature_throttle, profile.temperature_stop) - 1e-6;
  return isCool ? { temperature: kelvin(most - npu_rise), npu_rise } : null;
}

/** By kind, the least of all its nodes. Those of one generated shell differ in nothing that counts. */
function sparesOf(constellation: Constellation, profiles: ShellProfiles): Joules[] {
  const { shells, groups, count } = constellation;
  const least = profiles.kinds.map(() => joules(Infinity));
  let start = 0;
  const take = (index: number) => {
    const kind = profiles.kindOfNode(constellation, index);
    const spare = leastSpare(constellation.elements(index), profiles.kinds[kind]);
    if (spare < least[kind]) least[kind] = spare;
  };
  if (shells) {
    for (let group = 0; group < groups.length; group++) {
      take(start);
      start += shells[group].planes * shells[group].per_plane;
    }
  } else {
    for (let index = 0; index < count; index++) take(index);
  }
  return least;
}

const made = new WeakMap<Constellation, WeakMap<ShellProfiles, UntouchedNodes>>();

/** Made once for a constellation and its hardware. */
export function untouchedNodes(
  constellation: Constellation,
  profiles: ShellProfiles,
): UntouchedNodes {
  let ofConstellation = made.get(constellation);
  if (!ofConstellation) made.set(constellation, ofConstellation = new WeakMap());
  let nodes = ofConstellation.get(profiles);
  if (!nodes) ofConstellation.set(profiles, nodes = new UntouchedNodes(constellation, profiles));
  return nodes;
}

type Above = { ask: Ask; almanac: Almanac; physics: Physics };

/** What the ask's run takes beside idling: the same at any speed. */
const energyOf = ({ operations }: Ask, profile: HardwareProfile): Joules =>
  joules((npuDraw(1, profile) - npuDraw(0, profile)) * npuTime(operations, 1, profile));

/** Why an untouched node would refuse the ask; null: it would not. */
export function untouchedRefusing(
  index: number,
  { ask, almanac: { constellation }, physics: { profiles, launched } }: Above,
): Digest["refusing"] {
  const nodes = untouchedNodes(constellation, profiles);
  const kind = profiles.kindOfNode(constellation, index);
  const profile = profiles.kinds[kind];
  if (!nodes.mayRefuse(kind, energyOf(ask, profile))) return null;
  return nodes.refusing(index, ask, launched(profile));
}

/** Whether the node takes the ask; its place stands at `xyz[offset]`. */
export type TakesAsk = (index: number, xyz: Float64Array, offset: number) => boolean;

/** For a search over untouched nodes; null where every one of them takes the ask. */
export function untouchedTakes(
  { ask, almanac, physics: { profiles, launched } }: Above,
): TakesAsk | null {
  const { constellation } = almanac;
  const nodes = untouchedNodes(constellation, profiles);
  const mayRefuse = (profile: HardwareProfile, kind: number) =>
    nodes.mayRefuse(kind, energyOf(ask, profile));
  if (!profiles.kinds.some(mayRefuse)) return null;
  const kinds = profiles.kinds.map((profile, kind) => ({
    energy: energyOf(ask, profile),
    mayRefuse: mayRefuse(profile, kind),
    resident: launched(profile),
  }));
  const sun = sunDirectionEcef(ask.at);
  const positions = almanac.at(ask.at);
  const node: Ecef = { x: 0, y: 0, z: 0 };
  let resolved = 0;
  return (index, xyz, offset) => {
    const kind = profiles.kindOfNode(constellation, index);
    const { energy, mayRefuse, resident } = kinds[kind];
    if (!mayRefuse) return true;
    node.x = xyz[offset];
    node.y = xyz[offset + 1];
    node.z = xyz[offset + 2];
    const velocity = positions.velocity(index);
    const guess = nodes.guess(kind, orbitLight(node, velocity, sun), energy);
    if (guess !== null) return guess === "serves";
    if (resolved === RESOLVED_MAX) return false;
    resolved++;
    return nodes.refusing(index, ask, resident) === null;
  };
}
