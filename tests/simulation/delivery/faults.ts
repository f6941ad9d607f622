/**
 * What goes wrong between isolates, nodes, collectors, tenants' objects and the ledger, and how often.
 * @module
 */
import type { Random } from "../../support/random.ts";

export interface Faults {
  /** Of each message, there or back. */
  loss: number;
  /** Of each message: it arrives again, up to so much later. */
  replay: number;
  replay_ms_max: number;
  /** Of each message: it is late, so that later ones overtake it. */
  late: number;
  late_ms_max: number;
  /** Of each half minute: some of them do not hear the others for a while. */
  partition: number;
  partition_ms_max: number;
  /** Of each step of a party: it dies, with all that is not on its disk. */
  crash: number;
  /** Of each step: a clock jumps, by up to this much, back or forth. */
  jump: number;
  jump_ms_max: number;
  /** Of each call of the ledger: it fails, before or after it was done. */
  outage: number;
  /** Of each execution: the ledger refuses what it says. */
  poison: number;
  /**
   * How long one run in fifty takes at most. Wallets give up those that take more than a minute: their
   * lease closes, and the receipt that comes after that is waived.
   */
  run_ms_max: number;
  /** Of each ask: its request is cut off, and nobody says how its run went. */
  cut_off: number;
}

export const NONE: Faults = {
  loss: 0,
  replay: 0,
  replay_ms_max: 0,
  late: 0,
  late_ms_max: 0,
  partition: 0,
  partition_ms_max: 0,
  crash: 0,
  jump: 0,
  jump_ms_max: 0,
  outage: 0,
  poison: 0,
  run_ms_max: 30_000,
  cut_off: 0,
};

/** Up to the worst that is promised: a loss of 30 %, a replay of 50 %, clocks an hour off. */
export function harsh(random: Random): Faults {
  return {
    loss: random.between(0, 0.3),
    replay: random.between(0, 0.5),
    replay_ms_max: 2 * 60_000,
    late: random.between(0, 0.2),
    late_ms_max: 60_000,
    partition: random.between(0, 1),
    partition_ms_max: 60_000,
    crash: random.between(0, 0.004),
    jump: random.between(0, 0.002),
    jump_ms_max: 3_600_000,
    outage: random.between(0, 0.4),
    poison: random.between(0, 0.02),
    run_ms_max: 90_000,
    cut_off: random.between(0, 0.05),
  };
}
