/**
 * What became of one ask of a study. Every time and energy in it is modelled.
 * @module
 */
import type { Reason } from "../mesh/placement/scores.ts";
import type { EpochMs, Joules, Seconds } from "../mesh/units.ts";
import type { StudyAsk } from "./ask.ts";

/** Why nobody served an ask: what the first candidate said, or that there was none. */
export type StudyRefusal = Reason | "no_node";

/** The time from an ask's setting out to its answer, term by term; they add up to `latency_s`. */
export interface OutcomeTiming {
  /** There and back in vacuum. */
  light: Seconds;
  /** There and back in fibre; 0 where a node thinks. */
  fibre: Seconds;
  /** All bytes up and all bytes down, serialised onto the slowest link. */
  transfer: Seconds;
  /** From the node's admission until its NPU started. */
  wait: Seconds;
  /** The whole run, whoever else was in it; on the ground that of its accelerator. */
  npu: Seconds;
  /** At the radio, beside light and bytes: drawn, where the run has a radio profile; else 0. */
  access: Seconds;
}

/** What became of one ask. */
export interface Outcome {
  /** The ask's place in the order of asks; the first is 0. */
  ask: number;
  asked: StudyAsk;
  /** The index of the node that ran it; -1: none did. */
  node: number;
  /** The index of the gateway (mesh/ground) behind whose region it ran; -1: it did not run on the ground. */
  gateway: number;
  /** Null: it was served. */
  refusal: StudyRefusal | null;
  /** How many nodes were asked, the one that ran it included. */
  attempts: number;
  /** Links between nodes from the one that took the ask up to the one that ran it. */
  hops: number;
  /** Of the way, one way, km; 0 where nobody served it. */
  length_km: number;
  /** Null where nobody served it. */
  timing: OutcomeTiming | null;
  /** The sum of `timing`, s; 0 where nobody served it. */
  latency_s: number;
  /** When the run began, mesh clock; the ask's own instant where nobody served it. */
  starts: EpochMs;
  /** Of the run, the ask's own part: what its receipt would bill. */
  npu_s: number;
  /** What the NPU, or the accelerator on the ground, drew for that part. */
  energy_j: Joules;
  /** Of `energy_j`, what came from the node's battery: all of it in shadow, in light what the array lacks. */
  battery_j: Joules;
  /** Whether the node was in sunlight when the run began; false where no node ran it. */
  sunlit: boolean;
  /** Of the node's battery when the run began, 0 to 1; 0 where no node ran it. */
  state_of_charge: number;
  /** Of the node's NPU when the run began; 0 where no node ran it. */
  npu_temperature_k: number;
}

/** Takes outcomes as they become final; the object holds only during the call. */
export type OutcomeSink = (outcome: Outcome) => void;
