/**
 * Runs a case through the mesh's own placement and admission, on the mesh clock alone: candidates are
 * asked in turn, what each says of itself becomes a hint, and the NPU of each does what it has promised.
 * @module
 */
import { admit, begin, type Reservation } from "../../mesh/node/admit.ts";
import { digestOf } from "../../mesh/node/digest.ts";
import type { HardwareProfile } from "../../mesh/node/profile.ts";
import { schedule } from "../../mesh/node/queue.ts";
import { advance, busyUntil, type NodeState, untouched, type Work } from "../../mesh/node/state.ts";
import { remembered } from "../../mesh/orbit/remembered-sunlight.ts";
import { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import { type Sunlight, sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { Hints } from "../../mesh/placement/hints.ts";
import type { Objective } from "../../mesh/placement/objective.ts";
import { Placer } from "../../mesh/placement/place.ts";
import { ShellFinder } from "../../mesh/placement/shells/shell-finder.ts";
import { type EpochMs, epochMs, seconds } from "../../mesh/units.ts";
import type { WearCase } from "./wear-case.ts";

/** What became of one ask. */
export interface Ran {
  node: number;
  /** Of the NPU's run. */
  starts: EpochMs;
  ends: EpochMs;
  /** From the ask to its answer, modelled. */
  answered_ms: number;
  hops: number;
}

/** What became of a case. */
export interface WearDay {
  /** By ask; null: nobody took it. */
  ran: readonly (Ran | null)[];
  /** What each node's NPU has done, in order. */
  work: ReadonlyMap<number, readonly Work[]>;
}

interface Waiting extends Reservation {
  ask: number;
  way_ms: number;
  hops: number;
}

interface Node {
  index: number;
  state: NodeState;
  sunlight: Sunlight;
  waiting: readonly Waiting[];
  work: Work[];
}

const FORGET_EVERY = 1_000;

/** Asks everything of a case in turn. */
export function wearDay(wearCase: WearCase, objective: Objective): WearDay {
  return new Day(wearCase, objective).run();
}

class Day {
  readonly #case: WearCase;
  readonly #objective: Objective;
  readonly #profile: HardwareProfile;
  readonly #nodes = new Map<number, Node>();
  readonly #ran: (Ran | null)[];

  constructor(wearCase: WearCase, objective: Objective) {
    this.#case = wearCase;
    this.#objective = objective;
    [this.#profile] = wearCase.physics.profiles.kinds;
    this.#ran = wearCase.asks.map(() => null);
  }

  run(): WearDay {
    const { constellation, physics, asks } = this.#case;
    const almanac = new ShellAlmanac(constellation);
    const hints = new Hints();
    const sky = { almanac, finder: new ShellFinder(almanac), hints, physics };
    const placer = new Placer();
    asks.forEach((asked, a) => {
      if (a % FORGET_EVERY === 0) hints.forget(asked.at);
      const ask = { ...asked, objective: this.#objective };
      for (const { index, node: id, refusal, timing, path } of placer.rank(ask, sky)) {
        if (refusal !== null) continue;
        const node = this.#node(index, ask.at);
        const way_s = timing.light + timing.transfer;
        const demand = {
          id: `${a}`,
          class: ask.class,
          operations: ask.operations,
          model: { model: ask.model, bytes: ask.memory_bytes },
          load_bytes: ask.load_bytes,
          within: seconds(ask.deadline_ms === null ? Infinity : ask.deadline_ms / 1e3 - way_s),
        };
        const hardware = { profile: this.#profile, sunlight: node.sunlight };
        const admitted = admit(node.state, node.waiting, demand, hardware);
        if (admitted.ok) {
          const way = { ask: a, way_ms: way_s * 1e3, hops: path.length - 1 };
          node.waiting = [...node.waiting, { ...admitted.reservation, ...way }];
          this.#bring(node, ask.at);
        }
        hints.note(index, digestOf(id, node.state, node.waiting, hardware));
        if (admitted.ok) break;
      }
    });
    for (const node of this.#nodes.values()) this.#bring(node, epochMs(Infinity));
    const work = new Map([...this.#nodes.values()].map((node) => [node.index, node.work]));
    return { ran: this.#ran, work };
  }

  #node(index: number, at: EpochMs): Node {
    const known = this.#nodes.get(index);
    if (known) {
      this.#bring(known, at);
      return known;
    }
    const sunlight = remembered(sunlightOf(this.#case.constellation.elements(index)));
    const resident = this.#case.physics.launched(this.#profile);
    const state = untouched(at, this.#profile, sunlight, resident);
    const node = { index, state, sunlight, waiting: [], work: [] };
    this.#nodes.set(index, node);
    return node;
  }

  /** Begins what has come to its turn by then. */
  #bring(node: Node, at: EpochMs): void {
    while (node.waiting.length > 0) {
      const [{ ask: next, starts }] = schedule(node.waiting, busyUntil(node.state));
      if (starts > at) break;
      node.waiting = node.waiting.filter((one) => one !== next);
      node.state = advance(node.state, starts, this.#profile, node.sunlight);
      node.state = begin(node.state, next, starts, this.#profile, node.waiting);
      const ends = epochMs(starts + next.npu * 1e3);
      node.work.push({ from: starts, until: ends, draw: next.draw });
      const answered_ms = ends - this.#case.asks[next.ask].at + next.way_ms;
      this.#ran[next.ask] = { node: node.index, starts, ends, answered_ms, hops: next.hops };
    }
    if (at < Infinity) node.state = advance(node.state, at, this.#profile, node.sunlight);
  }
}
