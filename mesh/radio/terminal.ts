/**
 * What a terminal at one place sees of the sky at one instant, and how well: which nodes may take its
 * asks up, and what share of the full rate the link to each of them has.
 *
 * A node is in view if it stands above the mask at its azimuth and outside of the keep-out around the
 * geostationary arc, at the ask's instant and at both ends of the slot: for a slot the satellite stays.
 * Where a node is at the slot's ends follows from its velocity, as on a circle: some 0.2 km from where
 * SGP4 has it, 0.02 degrees of elevation.
 * Left out: which of the nodes in view the operator's scheduler would choose; obstacles nearer than a
 * mask can tell.
 * @module
 */
import type { Positions } from "../orbit/almanac.ts";
import type { Geodetic } from "../orbit/frames.ts";
import { type Site, siteOf } from "../geo/site.ts";
import {
  type Degrees,
  DEGREES_PER_RADIAN,
  type Km,
  km,
  radians,
  RADIANS_PER_DEGREE,
  TURN,
} from "../units.ts";
import { GeostationaryArc } from "./geostationary.ts";
import { linkShare } from "./link-share.ts";
import type { MaskPoint, RadioProfile } from "./profile.ts";
import { rainFade } from "./rain.ts";
import { slotOf } from "./slot.ts";

/** What share of the full rate a link has. */
export interface LinkShares {
  /** Above 0, up to 1. */
  up: number;
  /** Above 0, up to 1. */
  down: number;
}

/** A place's terminal, at one instant. */
export class Terminal {
  /**
   * Whether the profile tells nodes above the ask's own mask apart at all.
   * @returns false: all of them are in view, with the full rate
   */
  static tellsApart({ slots, mask, keep_out, link }: RadioProfile): boolean {
    return slots !== null || mask.length > 0 || keep_out > 0 || link !== null;
  }

  readonly #profile: RadioProfile;
  readonly #place: Geodetic;
  readonly #site: Site;
  readonly #sin_mask: number;
  readonly #positions: Positions;
  readonly #arc: GeostationaryArc | null;
  readonly #cos_keep_out: number;
  /** From the instant to the slot's ends, s; empty: no slots. */
  readonly #ends_s: readonly number[];
  readonly #shares: LinkShares = { up: 1, down: 1 };

  /**
   * @param mask of the ask, below which nothing is seen at any azimuth
   * @param positions of the instant
   */
  constructor({ profile, place, mask, positions }: {
    profile: RadioProfile;
    place: Geodetic;
    mask: Degrees;
    positions: Positions;
  }) {
    this.#profile = profile;
    this.#place = place;
    this.#site = siteOf(place);
    this.#sin_mask = Math.sin(mask * RADIANS_PER_DEGREE);
    this.#positions = positions;
    this.#arc = profile.keep_out > 0 ? new GeostationaryArc(this.#site) : null;
    this.#cos_keep_out = Math.cos(profile.keep_out * RADIANS_PER_DEGREE);
    const slot = profile.slots && slotOf(profile.slots, positions.at);
    this.#ends_s = slot
      ? [(slot.from - positions.at) / 1e3, (slot.until - positions.at) / 1e3]
      : [];
  }

  /**
   * Whether a node may take an ask up.
   * @param index the node's in the constellation
   * @param xyz holds its Earth-fixed position at the instant, km
   * @param offset where in `xyz` it begins; 0 by default
   * @returns true if it is in view now, and at both ends of the slot
   */
  sees(index: number, xyz: Float64Array, offset = 0): boolean {
    const x = xyz[offset];
    const y = xyz[offset + 1];
    const z = xyz[offset + 2];
    if (!this.#isClear(x, y, z)) return false;
    if (this.#ends_s.length === 0) return true;
    const velocity = this.#positions.velocity(index);
    const radius2 = x * x + y * y + z * z;
    const speed2 = velocity.x * velocity.x + velocity.y * velocity.y + velocity.z * velocity.z;
    const rate = Math.sqrt(speed2 / radius2);
    for (const after_s of this.#ends_s) {
      const cos = Math.cos(rate * after_s);
      const along = Math.sin(rate * after_s) / rate;
      if (
        !this.#isClear(
          x * cos + velocity.x * along,
          y * cos + velocity.y * along,
          z * cos + velocity.z * along,
        )
      ) return false;
    }
    return true;
  }

  /**
   * What share of the full rate the link to a node has.
   * @param xyz as for sees()
   * @param offset as for sees()
   * @returns overwritten by the next call; null: the link is lost
   */
  shares(xyz: Float64Array, offset = 0): LinkShares | null {
    const { link, rain } = this.#profile;
    const shares = this.#shares;
    if (!link) return shares;
    const { position, up } = this.#site;
    const dx = xyz[offset] - position.x;
    const dy = xyz[offset + 1] - position.y;
    const dz = xyz[offset + 2] - position.z;
    const range = km(Math.sqrt(dx * dx + dy * dy + dz * dz));
    if (!rain) {
      shares.up = shares.down = linkShare(link, range, 0);
      return shares.up > 0 ? shares : null;
    }
    const sine = (dx * up.x + dy * up.y + dz * up.z) / range;
    const elevation = radians(Math.asin(Math.min(1, Math.max(-1, sine))));
    const path = { lat: this.#place.lat, alt: this.#place.alt as Km, elevation };
    shares.up = linkShare(link, range, rainFade(rain.falls, rain.up_ghz, path));
    shares.down = linkShare(link, range, rainFade(rain.falls, rain.down_ghz, path));
    return shares.up > 0 && shares.down > 0 ? shares : null;
  }

  #isClear(x: number, y: number, z: number): boolean {
    const { position, up, east } = this.#site;
    const dx = x - position.x;
    const dy = y - position.y;
    const dz = z - position.z;
    const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const sine = (dx * up.x + dy * up.y + dz * up.z) / range;
    if (sine < this.#sin_mask) return false;
    const { mask } = this.#profile;
    if (mask.length > 0) {
      const toEast = dx * east.x + dy * east.y;
      const toNorth = -up.z * east.y * dx + up.z * east.x * dy +
        (up.x * east.y - up.y * east.x) * dz;
      const azimuth = (Math.atan2(toEast, toNorth) + TURN) % TURN * DEGREES_PER_RADIAN;
      if (sine < Math.sin(maskAt(mask, azimuth) * RADIANS_PER_DEGREE)) return false;
    }
    if (!this.#arc) return true;
    return this.#arc.cosine(dx / range, dy / range, dz / range) <= this.#cos_keep_out;
  }
}

/**
 * The mask at an azimuth: straight lines between its points, and from the last one on to the first.
 * @param mask at least one point, by rising azimuth
 * @param azimuth 0 to 360
 */
export function maskAt(mask: readonly MaskPoint[], azimuth: number): number {
  let after = mask.findIndex((point) => point.azimuth >= azimuth);
  if (after < 0) after = mask.length;
  const low = mask[(after + mask.length - 1) % mask.length];
  const high = mask[after % mask.length];
  const span = (high.azimuth - low.azimuth + 360) % 360 || 360;
  const past = (azimuth - low.azimuth + 360) % 360;
  return low.elevation + (high.elevation - low.elevation) * past / span;
}
