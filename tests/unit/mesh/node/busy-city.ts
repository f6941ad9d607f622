/**
 * A city that asks for more than the nodes above it can do: a discrete-event simulation with the real
 * placement and the real node, on the mesh clock alone. Candidates are asked in turn, as
 * functions/infer/think.ts asks them; what each says of itself becomes a hint.
 *
 * The load cannot leave: a policy keeps the asks above the city, and who never flies there is left
 * out of the knots, so that a search over links ends soon and not after 41,914 nodes. The mask is
 * high, so that a dozen nodes stand above it and not two hundred: more of them show nothing more.
 * @module
 */
import { admit, begin, type Reservation } from "../../../../mesh/node/admit.ts";
import { digestOf } from "../../../../mesh/node/digest.ts";
import { DEFAULT_PROFILE } from "../../../../mesh/node/profile.ts";
import { ShellProfiles } from "../../../../mesh/node/shell-profiles.ts";
import { schedule } from "../../../../mesh/node/queue.ts";
import { advance, busyUntil, type NodeState, untouched } from "../../../../mesh/node/state.ts";
import { KnotAlmanac } from "../../../../mesh/orbit/knot-almanac.ts";
import { computeKnot, type Knot, knotNumber } from "../../../../mesh/orbit/knot.ts";
import { Propagator } from "../../../../mesh/orbit/propagation.ts";
import { remembered } from "../../../../mesh/orbit/remembered-sunlight.ts";
import { type Sunlight, sunlightOf } from "../../../../mesh/orbit/sunlight.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import { buildGrid } from "../../../../mesh/placement/grid.ts";
import { GridFinder } from "../../../../mesh/placement/grid-finder.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { DEFAULT_RATES } from "../../../../mesh/placement/links.ts";
import { Placer } from "../../../../mesh/placement/place.ts";
import { siteOf } from "../../../../mesh/geo/site.ts";
import type { Sky } from "../../../../mesh/placement/sky.ts";
import type { AskClass } from "../../../../mesh/billing/receipt.ts";
import { degrees, type EpochMs, epochMs, km, seconds } from "../../../../mesh/units.ts";
import type { Random } from "../../../support/random.ts";
import { FILED, RAD } from "../placement/oracle.ts";

const CITY = { lat: degrees(48.14), lon: degrees(11.58), alt: km(0.5) };
const SITE = siteOf(CITY);
export const FROM = Date.UTC(2026, 2, 20, 18);

const MODEL = { model: "scene-indices", bytes: 1e6 };
const PHYSICS = {
  profiles: new ShellProfiles(DEFAULT_PROFILE),
  rates: DEFAULT_RATES,
  launched: () => [MODEL],
};
// As the isolate's sky has it.
const GRID_AGE_MAX_MS = 2_000;

export interface Kind {
  class: AskClass;
  /** Of all asks. */
  share: number;
  deadline_ms: number | null;
  /** Shortest and longest run on an idle NPU. */
  run_s: readonly [number, number];
}

/** An ask, and what became of it. */
export interface Told {
  id: string;
  class: AskClass;
  at: EpochMs;
  deadline_ms: number | null;
  run_s: number;
  /** Nodes that were asked, the one that took it included. */
  knocks: number;
  /** Null: nobody took it, or its turn has not come. */
  served:
    | { node: number; promised: EpochMs; starts: EpochMs; ends: EpochMs; answered_ms: number }
    | null;
}

interface Node {
  index: number;
  state: NodeState;
  waiting: (Reservation & { told: Told; way_ms: number })[];
  sunlight: Sunlight;
}

/** The sky above the city over some minutes. */
export class City {
  readonly #placer = new Placer();
  readonly #hints = new Hints();
  readonly #nodes = new Map<number, Node>();
  readonly #knots = new Map<number, Knot>();
  readonly #mask_deg: number;
  readonly #sin_mask: number;
  /** Nodes above the mask, at the middle of each second. */
  readonly counts: number[] = [];
  #sky: (Sky & { almanac: KnotAlmanac; finder: GridFinder }) | undefined;

  constructor({ lasts_s, mask_deg }: { lasts_s: number; mask_deg: number }) {
    this.#mask_deg = mask_deg;
    this.#sin_mask = Math.sin(mask_deg * RAD);
    const propagator = new Propagator(FILED);
    const last = knotNumber(epochMs(FROM + lasts_s * 1e3)) + 1;
    for (let number = knotNumber(epochMs(FROM)); number <= last; number++) {
      this.#knots.set(number, computeKnot(FILED, propagator, number));
    }
    const ever = new Set<number>();
    for (let second = 0; second < lasts_s; second++) {
      const above = this.#indicesAbove(epochMs(FROM + (second + 0.5) * 1e3));
      this.counts.push(above.length);
      for (const index of above) ever.add(index);
    }
    for (const { positions } of this.#knots.values()) {
      for (let i = 0; i < FILED.count; i++) if (!ever.has(i)) positions.fill(0, 3 * i, 3 * i + 3);
    }
  }

  /** Places an ask and asks the candidates in turn. */
  think(told: Told): void {
    const { at, class: askClass, deadline_ms } = told;
    const { npu_dispatch, npu_tops } = DEFAULT_PROFILE;
    const ask: Ask = {
      at,
      origin: CITY,
      operations: (told.run_s - npu_dispatch) * npu_tops * 1e12,
      model: MODEL.model,
      memory_bytes: MODEL.bytes,
      load_bytes: MODEL.bytes,
      bytes_up: 10_000,
      bytes_down: 1_000,
      deadline_ms,
      class: askClass,
      elevation_mask: degrees(this.#mask_deg),
      policy: { admits: (_, position) => this.#isAbove(position) },
    };
    for (const { index, refusal, timing } of this.#placer.rank(ask, this.#skyAt(at))) {
      if (refusal) continue;
      told.knocks++;
      const node = this.#node(index, at);
      const way_s = timing.light + timing.transfer;
      const within = seconds(deadline_ms === null ? Infinity : deadline_ms / 1e3 - way_s);
      const demand = { ...ask, id: told.id, model: MODEL, within };
      const hardware = { profile: DEFAULT_PROFILE, sunlight: node.sunlight };
      const admitted = admit(node.state, node.waiting, demand, hardware);
      if (admitted.ok) node.waiting.push({ ...admitted.reservation, told, way_ms: way_s * 1e3 });
      bring(node, at);
      this.#hints.note(index, digestOf(FILED.id(index), node.state, node.waiting, hardware));
      if (admitted.ok) return;
    }
  }

  /** Lets the time pass; says how many still wait after it. */
  finish(at: EpochMs): number {
    for (const node of this.#nodes.values()) bring(node, at);
    return [...this.#nodes.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  #node(index: number, at: EpochMs): Node {
    const known = this.#nodes.get(index);
    if (known) {
      bring(known, at);
      return known;
    }
    const sunlight = remembered(sunlightOf(FILED.elements(index)));
    const state = untouched(at, DEFAULT_PROFILE, sunlight, [MODEL]);
    const node = { index, state, waiting: [], sunlight };
    this.#nodes.set(index, node);
    return node;
  }

  #skyAt(at: EpochMs): Sky {
    const known = this.#sky;
    const isFresh = known && at <= known.almanac.until &&
      at - known.finder.grid.at <= GRID_AGE_MAX_MS;
    if (isFresh) return known;
    const almanac = this.#almanac(at);
    const finder = new GridFinder(almanac, buildGrid(almanac, at));
    return this.#sky = { almanac, finder, hints: this.#hints, physics: PHYSICS };
  }

  #almanac(at: EpochMs): KnotAlmanac {
    const number = knotNumber(at);
    return new KnotAlmanac(FILED, this.#knots.get(number)!, this.#knots.get(number + 1)!);
  }

  #indicesAbove(at: EpochMs): number[] {
    const almanac = this.#almanac(at);
    const positions = almanac.at(at);
    const xyz = new Float64Array(3);
    const above: number[] = [];
    for (let index = 0; index < FILED.count; index++) {
      positions.position(index, xyz);
      if (this.#isAbove({ x: xyz[0], y: xyz[1], z: xyz[2] })) above.push(index);
    }
    return above;
  }

  #isAbove({ x, y, z }: { x: number; y: number; z: number }): boolean {
    const { position, up } = SITE;
    const [dx, dy, dz] = [x - position.x, y - position.y, z - position.z];
    const rise = dx * up.x + dy * up.y + dz * up.z;
    return rise >= this.#sin_mask * Math.hypot(dx, dy, dz);
  }
}

/** Begins what has come to its turn by then. */
function bring(node: Node, at: EpochMs): void {
  while (node.waiting.length > 0) {
    const [{ ask, starts }] = schedule(node.waiting, busyUntil(node.state));
    if (starts > at) break;
    node.waiting = node.waiting.filter((one) => one !== ask);
    node.state = begin(node.state, ask, starts, DEFAULT_PROFILE, node.waiting);
    const ends = busyUntil(node.state);
    const answered_ms = ends + ask.way_ms - ask.told.at;
    ask.told.served = { node: node.index, promised: ask.end_by, starts, ends, answered_ms };
  }
  node.state = advance(node.state, at, DEFAULT_PROFILE, node.sunlight);
}

/** Asks of several kinds by chance (a Poisson process), in order of time. */
export function asksOf(
  random: Random,
  kinds: readonly Kind[],
  { per_s, lasts_s }: { per_s: number; lasts_s: number },
): Told[] {
  const asks: Told[] = [];
  let at = FROM;
  for (;;) {
    at += -Math.log(1 - random.next()) / per_s * 1e3;
    if (at >= FROM + lasts_s * 1e3) return asks;
    let dice = random.next();
    const { class: askClass, deadline_ms, run_s } = kinds.find(({ share }) => (dice -= share) < 0)!;
    asks.push({
      id: `${asks.length}`,
      class: askClass,
      at: epochMs(at),
      deadline_ms,
      run_s: random.between(...run_s),
      knocks: 0,
      served: null,
    });
  }
}
