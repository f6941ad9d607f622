/**
 * Finds the nodes that would answer first when an ask may travel from node to node, over generated
 * shells of any size.
 *
 * Shells do not link with each other, so each is searched by itself, the lowest first, and only as far
 * as its nodes could still be among the best. A node that the ground sees is never nearer by way of
 * another, so links are followed only where they leave the sky; with tolls of the radio it may be, and
 * they are followed everywhere.
 * @module
 */
import type { PlacedShell, ShellAlmanac, ShellPositions } from "../../orbit/shell-almanac.ts";
import type { EpochMs } from "../../units.ts";
import type { NodeOrigin } from "../ask.ts";
import type { Best } from "../best.ts";
import type { Tolls, Ways } from "../finder.ts";
import { linkLength } from "../isl/lengths.ts";
import { LENGTH_MAX_KM } from "../isl/length-max.ts";
import { NO_NODE, PORTS, ShellLinks } from "../isl/shell-links.ts";
import { SparsePaths } from "../isl/sparse-paths.ts";
import type { Scores } from "../scores.ts";
import { MaskRanges } from "../slant-range.ts";
import { type Field, type Ground, visitNear } from "./near.ts";

/**
 * No search meets more nodes over links, so that one ask for which nobody serves does not hold an
 * isolate for long: some 30 ms. All that can be reached in a constellation of no more nodes; in one of
 * a million what is within some thousand kilometres.
 */
export const MET_MAX = 65_536;

/** Of a node that the ground sees. */
const SEEN = 1;
/** Of a node whose score has been offered. */
const SCORED = 2;

/** Ranks nodes of generated shells by time to result over inter-satellite links. */
export class ShellReach implements Ways {
  readonly #almanac: ShellAlmanac;
  readonly #lowestFirst: readonly Field[];
  readonly #links = new Map<PlacedShell, ShellLinks>();
  readonly #paths = new SparsePaths();
  /** How many nodes have been scored. */
  #looked = 0;
  #hop_km = 0;
  #length_max_km = LENGTH_MAX_KM;

  constructor(almanac: ShellAlmanac, lowestFirst: readonly Field[]) {
    this.#almanac = almanac;
    this.#lowestFirst = lowestFirst;
  }

  /** @returns how many nodes were scored */
  fromGround(ground: Ground, scores: Scores, best: Best): number {
    const paths = this.#paths;
    const { view } = ground;
    const { tolls } = view;
    this.#begin(tolls);
    const positions = this.#almanac.at(view.at);
    const ranges = new MaskRanges(view);
    paths.begin();
    this.#looked = 0;
    for (const field of this.#lowestFirst) {
      const { placed } = field;
      const longest_km = scores.longest(best.bar(), placed.group);
      // A higher shell may be of faster hardware, and wanted from farther away.
      if (placed.radius_floor_km - ground.radius_km > longest_km) continue;
      const within = Math.min(longest_km, ranges.farthestAbove(placed.radius_ceiling_km));
      const isLeft = (tolls || ranges.nearestBelow(placed.radius_floor_km) <= longest_km) &&
        paths.size < MET_MAX;
      paths.beginGraph();
      visitNear(field, positions, ground, -1, within, (index, range, xyz) => {
        if (tolls) {
          const way = range + tolls.of(index, range, xyz, 0);
          if (way < Infinity && isLeft) this.#takeUp(index, way, xyz);
          else if (way < Infinity) best.add(index, scores.of(index, way, xyz, 0));
          return;
        }
        this.#looked++;
        if (scores.at(range, placed.group) <= best.bar()) {
          best.add(index, scores.of(index, range, xyz, 0));
        }
        if (!isLeft) return;
        const slot = paths.meet(index);
        paths.mark[slot] = SEEN;
        paths.xyz.set(xyz, 3 * slot);
        paths.offer(slot, range, -1);
      });
      if (isLeft) this.#travel(placed, positions, scores, best);
    }
    return this.#looked;
  }

  /** @returns how many nodes were scored */
  fromNode(
    { node, at, tolls }: NodeOrigin & { at: EpochMs; tolls?: Tolls },
    scores: Scores,
    best: Best,
  ): number {
    const paths = this.#paths;
    const positions = this.#almanac.at(at);
    this.#begin(tolls);
    paths.begin();
    this.#looked = 0;
    const slot = paths.meet(node);
    positions.position(node, paths.xyz, 3 * slot);
    paths.offer(slot, 0, -1);
    const group = this.#almanac.constellation.group(node);
    this.#travel(this.#almanac.shells[group], positions, scores, best);
    return this.#looked;
  }

  #begin(tolls: Tolls | undefined): void {
    this.#hop_km = tolls?.hop_km ?? 0;
    // By time, and not by length, half the Earth away is no limit.
    this.#length_max_km = tolls ? Infinity : LENGTH_MAX_KM;
  }

  /** Scored once its ring is taken: another way to it may cost less by then. */
  #takeUp(index: number, way_km: number, xyz: Float64Array): void {
    const paths = this.#paths;
    const slot = paths.meet(index);
    paths.xyz.set(xyz, 3 * slot);
    paths.offer(slot, way_km, -1);
  }

  path(index: number): number[] {
    const slot = this.#paths.find(index);
    return slot < 0 ? [index] : this.#paths.path(slot);
  }

  length(index: number): number | undefined {
    const slot = this.#paths.find(index);
    return slot < 0 ? undefined : this.#paths.cost[slot];
  }

  /** From the nodes offered, over links, as far as something better may be found. */
  #travel(placed: PlacedShell, positions: ShellPositions, scores: Scores, best: Best): void {
    const paths = this.#paths;
    const links = this.#linksOf(placed);
    for (let size = paths.nextRing(); size > 0; size = paths.nextRing()) {
      if (scores.at(paths.floor(), placed.group) > best.bar() || paths.size >= MET_MAX) return;
      for (let b = 0; b < size; b++) {
        const slot = paths.batch[b];
        if (paths.mark[slot] !== SEEN) this.#score(slot, scores, best);
        this.#follow(slot, links, positions, scores.longest(best.bar(), placed.group));
      }
    }
  }

  #follow(slot: number, links: ShellLinks, positions: ShellPositions, longest_km: number): void {
    const paths = this.#paths;
    const reached = paths.cost[slot];
    const most = Math.min(longest_km, this.#length_max_km);
    for (let port = 0; port < PORTS; port++) {
      const node = links.to(paths.node[slot], port);
      if (node === NO_NODE) continue;
      const met = paths.size;
      const next = paths.meet(node);
      if (next === met) positions.position(node, paths.xyz, 3 * next);
      if (paths.mark[next] === SEEN || paths.cost[next] <= reached) continue;
      const through = reached + (linkLength(paths.xyz, 3 * slot, 3 * next) + this.#hop_km);
      if (through <= most && through < Infinity) paths.offer(next, through, slot);
    }
  }

  #score(slot: number, scores: Scores, best: Best): void {
    const paths = this.#paths;
    const node = paths.node[slot];
    // Taken again only within one ring, when a link shorter than a ring bettered its way.
    if (paths.mark[slot] === SCORED) best.remove(node);
    paths.mark[slot] = SCORED;
    this.#looked++;
    const length = paths.cost[slot];
    if (scores.at(length) > best.bar()) return;
    best.add(node, scores.of(node, length, paths.xyz, 3 * slot));
  }

  #linksOf(placed: PlacedShell): ShellLinks {
    let links = this.#links.get(placed);
    if (!links) this.#links.set(placed, links = new ShellLinks(placed.shell, placed.start));
    return links;
  }
}
