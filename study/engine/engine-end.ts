/**
 * What a run comes to for each node that took part in it, and the digest of all outcomes.
 *
 * The engine that makes it (engine.ts):
 *
 * ```ts
 * const engine = new Engine(run, (outcome) => tally.take(outcome));
 * for (const ask of asks) engine.ask(ask); // in the order of `at`
 * const { digest, nodes } = engine.finish();
 *
 * // Anywhere between two asks; a checkpoint is plain JSON.
 * const later = Engine.load(run, sink, engine.save());
 * ```
 *
 * An outcome is final, and goes to the sink, once its run has begun: at once for most asks, later for those
 * that wait for an NPU. `outcome.ask` says whose it is.
 * @module
 */
import type { Flows } from "../../mesh/node/energy.ts";
import type { EpochMs, Joules, Kelvin, Seconds } from "../../mesh/units.ts";

/** One node that was asked at least once, over the run. All of it is modelled. */
export interface NodeEnd {
  /** Its index in the constellation. */
  node: number;
  /** When it was asked first: from then on it is accounted for, mesh clock. */
  since: EpochMs;
  /** What its battery held then. */
  battery_first: Joules;
  /** What its battery holds at the run's end. */
  battery_last: Joules;
  /** What went in and out in between. */
  flows: Flows;
  /**
   * By how much the battery's change differs from what the flows say, over the largest of the flows: 0 but
   * for rounding.
   */
  residue: number;
  /** The least that its battery held. */
  battery_least: Joules;
  /** Of its body, the most. */
  temperature_most: Kelvin;
  /** Of its NPU, the most. */
  npu_temperature_most: Kelvin;
  /** Asks that it ran. */
  runs: number;
  /** How long its NPU ran. */
  npu: Seconds;
  /** How often another region owned it than when it was asked before: its state went there. */
  handovers: number;
}

/** What a run comes to. */
export interface EngineEnd {
  /** SHA-256 over the sequence of outcomes, 64 hexadecimal digits: the same for the same run and asks. */
  digest: string;
  asks: number;
  /** Up to when nodes are accounted for: the run's end, or that of a run that began before it. */
  until: EpochMs;
  /** Nodes that were asked at least once, by index. */
  nodes: readonly NodeEnd[];
  /** The largest residue of any node, 0 without nodes. */
  residue_most: number;
}
