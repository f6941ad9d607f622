/**
 * The network on the ground as a satellite meets it: gateways, and from each by fibre to the region that
 * is nearest. What does not change with time is reckoned once.
 * Not its job: the way to the satellite (way-down.ts), and how long an ask takes (ground-timing.ts).
 * @module
 */
import { siteOf } from "../geo/site.ts";
import { LIGHT_KM_S } from "../placement/links.ts";
import { type Degrees, degrees, type Km, km, type Seconds, toRadians } from "../units.ts";
import { fibreTime, greatCircle } from "./fibre.ts";
import { type Gateway, GATEWAYS } from "./gateways.ts";
import type { GroundPoint } from "./ground-point.ts";
import { GatewayCells, RADIUS_MAX_KM } from "./gateway-cells.ts";
import { CLOUD_REGIONS, type CloudRegion } from "./regions.ts";

/**
 * A gateway talks to nodes no lower than this over its horizon: what SpaceX asked for in its first
 * applications for gateways (SES-LIC-INTR2019-00877), 40 degrees being what it means to return to.
 */
export const GATEWAY_MASK = degrees(25);

/** Where a gateway's fibre ends, and how far that is. */
export interface Landing<R extends GroundPoint = CloudRegion> {
  gateway: Gateway;
  region: R;
  /** Of the great circle between them, unstretched. */
  fibre: Km;
  /** That light takes over it, once, the stretch included. */
  fibre_time: Seconds;
}

// Numbers that a gateway has in #geometry: position, km; zenith, a unit vector; its fibre as km of vacuum.
const STRIDE = 7;
const FIBRE = 6;

/** Gateways and the regions behind them. */
export class GroundNetwork<R extends GroundPoint = CloudRegion> {
  /** By the index of a gateway: where it leads. */
  readonly landings: readonly Landing<R>[];
  /** Of the gateway that look() chose last, km. */
  range_km = NaN;
  /** No way from a node to a region is shorter than this in vacuum, but for the node's height, km. */
  readonly fibre_min_km: number;
  readonly #mask: Degrees;
  readonly #sin2_mask: number;
  readonly #geometry: Float64Array;
  #cells: GatewayCells | null = null;

  /**
   * @param gateways at least one
   * @param regions at least one
   * @param mask of the gateways
   * @param stretch of the fibre, fibre.ts
   */
  constructor(
    gateways: readonly Gateway[],
    regions: readonly R[],
    { mask = GATEWAY_MASK, stretch }: { mask?: Degrees; stretch?: number } = {},
  ) {
    this.#mask = mask;
    this.#sin2_mask = Math.sin(toRadians(mask)) ** 2;
    this.landings = gateways.map((gateway) => landingOf(gateway, regions, stretch));
    this.#geometry = new Float64Array(STRIDE * gateways.length);
    this.landings.forEach(({ gateway, fibre_time }, g) => {
      const { position, up } = siteOf({ ...gateway, alt: km(0) });
      const fibre_km = fibre_time * LIGHT_KM_S;
      const row = [position.x, position.y, position.z, up.x, up.y, up.z, fibre_km];
      this.#geometry.set(row, STRIDE * g);
    });
    this.fibre_min_km = Math.min(...this.landings.map((one) => one.fibre_time * LIGHT_KM_S));
  }

  /**
   * Chooses the gateway by which a node reaches a region first, of those that see the node over their
   * mask; leaves its slant range in `range_km`.
   * @param xyz holds the node's Earth-fixed position, km, from `offset` on
   * @returns the gateway's index in `landings`; -1 where none sees the node
   */
  look(xyz: Float64Array, offset = 0): number {
    const x = xyz[offset];
    const y = xyz[offset + 1];
    const z = xyz[offset + 2];
    let best = -1;
    let least = Infinity;
    const offer = (gateway: number) => {
      const range = this.#range(gateway, x, y, z);
      const way = range + this.fibreAsVacuum(gateway);
      if (way >= least) return;
      least = way;
      best = gateway;
      this.range_km = range;
    };
    if (x * x + y * y + z * z > RADIUS_MAX_KM * RADIUS_MAX_KM) {
      for (let gateway = 0; gateway < this.landings.length; gateway++) offer(gateway);
      return best;
    }
    const cells = this.#cells ??= this.#makeCells();
    const cell = cells.cellBelow(x, y, z);
    for (let place = cells.start(cell); place < cells.end(cell); place++) offer(cells.at(place));
    return best;
  }

  /**
   * The fibre of a gateway as so much vacuum, km: light takes as long over either.
   * @param gateway its index in `landings`
   */
  fibreAsVacuum(gateway: number): number {
    return this.#geometry[STRIDE * gateway + FIBRE];
  }

  /**
   * How far a gateway is from a node, seen or not, km.
   * @param gateway its index in `landings`
   * @param xyz begins with the node's Earth-fixed position, km
   */
  rangeTo(gateway: number, xyz: Float64Array): number {
    const rows = this.#geometry;
    const row = STRIDE * gateway;
    return Math.hypot(xyz[0] - rows[row], xyz[1] - rows[row + 1], xyz[2] - rows[row + 2]);
  }

  /** To a node that the gateway sees, km; Infinity where it does not. */
  #range(gateway: number, x: number, y: number, z: number): number {
    const rows = this.#geometry;
    const row = STRIDE * gateway;
    const dx = x - rows[row];
    const dy = y - rows[row + 1];
    const dz = z - rows[row + 2];
    const rise = dx * rows[row + 3] + dy * rows[row + 4] + dz * rows[row + 5];
    const range2 = dx * dx + dy * dy + dz * dz;
    return rise <= 0 || rise * rise < this.#sin2_mask * range2 ? Infinity : Math.sqrt(range2);
  }

  #makeCells(): GatewayCells {
    const rows = this.#geometry;
    const positions = this.landings.map((_, g) => ({
      x: rows[STRIDE * g],
      y: rows[STRIDE * g + 1],
      z: rows[STRIDE * g + 2],
    }));
    return new GatewayCells(positions, this.#mask);
  }
}

function landingOf<R extends GroundPoint>(
  gateway: Gateway,
  regions: readonly R[],
  stretch?: number,
): Landing<R> {
  const lengths = regions.map((region) => greatCircle(gateway, region));
  const fibre = km(Math.min(...lengths));
  const region = regions[lengths.indexOf(fibre)];
  return { gateway, region, fibre, fibre_time: fibreTime(fibre, stretch) };
}

/** The network of every deployment. */
export const GROUND = new GroundNetwork(GATEWAYS, CLOUD_REGIONS);
