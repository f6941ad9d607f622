/**
 * What an ask's run would take from a node's battery, and how full that is, as far as is known without
 * asking the node: by its circle of light and shadow for all nodes (orbit-light.ts), and by what it said
 * last for those that have worked.
 * Not its job: which node is better (energy-scores.ts), whether a node refuses (untouched-nodes.ts).
 * @module
 */
import { chargeSince, type IdleRates, idleRates, orbitCharge } from "../node/orbit-charge.ts";
import { orbitLight, sunlitFor } from "../node/orbit-light.ts";
import { type HardwareProfile, npuDraw } from "../node/profile.ts";
import type { Almanac, Positions } from "../orbit/almanac.ts";
import type { Ecef } from "../orbit/frames.ts";
import { sunDirectionEcef } from "../orbit/sun.ts";
import type { EpochMs } from "../units.ts";
import type { Hints } from "./hints.ts";
import type { Physics } from "./timing.ts";

/**
 * From the least wear to the most. `none`: the node is in sunlight until the run has ended, and its array
 * carries the run beside all that the battery takes. `slows_charging`: it is in sunlight so long, and what
 * the run draws is missing to a battery that charges. `draws`: the battery carries the run, or a part.
 */
export const BATTERY_USES = ["none", "slows_charging", "draws"] as const;
/** One of BATTERY_USES. */
export type BatteryUse = typeof BATTERY_USES[number];

interface Kind {
  profile: HardwareProfile;
  rates: IdleRates;
}

/** Looks at the batteries of nodes for asks of one instant; one look at a time. */
export class BatteryLook {
  /** Of the node looked at last. */
  use: BatteryUse = "none";
  /** Of the node looked at last, at the instant: 0 to 1 of its battery. */
  state_of_charge = 1;
  readonly #at: EpochMs;
  readonly #almanac: Almanac;
  readonly #hints: Hints;
  readonly #physics: Physics;
  readonly #kinds: readonly Kind[];
  readonly #positions: Positions;
  readonly #sun: Ecef;
  readonly #node: Ecef = { x: 0, y: 0, z: 0 };

  constructor(
    { at, almanac, hints, physics }: {
      at: EpochMs;
      almanac: Almanac;
      hints: Hints;
      physics: Physics;
    },
  ) {
    this.#at = at;
    this.#almanac = almanac;
    this.#hints = hints;
    this.#physics = physics;
    this.#kinds = physics.profiles.kinds.map((profile) => ({ profile, rates: idleRates(profile) }));
    this.#positions = almanac.at(at);
    this.#sun = sunDirectionEcef(at);
  }

  /**
   * Looks at one node: `use` and `state_of_charge` are then its own.
   * @param index the node's, in the constellation
   * @param ends_s from the instant until the run has ended
   * @param xyz holds the node's Earth-fixed position, km, from `offset` on
   */
  at(index: number, ends_s: number, xyz: Float64Array, offset: number): void {
    const node = this.#node;
    node.x = xyz[offset];
    node.y = xyz[offset + 1];
    node.z = xyz[offset + 2];
    const { constellation } = this.#almanac;
    const { profile, rates } = this.#kinds[this.#physics.profiles.kindOfNode(constellation, index)];
    const light = orbitLight(node, this.#positions.velocity(index), this.#sun);
    const digest = this.#hints.of(index);
    const charge = digest
      ? chargeSince(digest.state_of_charge * rates.battery, {
        lasts_s: (this.#at - digest.at_ms) / 1e3,
        light,
        rates,
      })
      : orbitCharge(light, rates);
    this.state_of_charge = charge / rates.battery;
    const surplus = profile.solar - profile.housekeeping - npuDraw(digest?.npu_speed ?? 1, profile);
    if (surplus < 0 || sunlitFor(light) < ends_s) this.use = "draws";
    else if (charge === rates.battery || surplus >= profile.charge_max) this.use = "none";
    else this.use = "slows_charging";
  }
}
