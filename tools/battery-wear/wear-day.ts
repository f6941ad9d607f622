/**
 * Runs a case through the study's engine: the mesh's own placement and admission, on the mesh clock alone.
 * @module
 */
import { type EpochMs, epochMs, watts } from "../../mesh/units.ts";
import type { Work } from "../../mesh/node/state.ts";
import { Engine } from "../../study/engine/engine.ts";
import type { PlacementRule } from "../../study/run.ts";
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

/** Asks everything of a case in turn. */
export function wearDay({ run, asks }: WearCase, placement: PlacementRule): WearDay {
  const ran: (Ran | null)[] = asks.map(() => null);
  const work = new Map<number, Work[]>();
  const engine = new Engine({ ...run, placement }, (outcome) => {
    const { ask, node, refusal, starts, npu_s, energy_j, latency_s, hops } = outcome;
    if (refusal !== null) return;
    const ends = epochMs(starts + npu_s * 1e3);
    ran[ask] = { node, starts, ends, answered_ms: latency_s * 1e3, hops };
    const own = work.get(node) ?? [];
    own.push({ from: starts, until: ends, draw: watts(energy_j / npu_s) });
    work.set(node, own);
  });
  for (const ask of asks) engine.ask(ask);
  engine.finish();
  return { ran, work };
}
