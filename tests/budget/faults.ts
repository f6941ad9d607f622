/**
 * What goes wrong between wallets, a tenant's book and the ledger, and how often.
 * @module
 */

export interface Faults {
  /** Of each message, there or back. */
  loss: number;
  /** Of each message: it arrives again, up to so much later. */
  replay: number;
  replay_ms_max: number;
  /** Of each message: it is late, so that later ones overtake it. */
  late: number;
  late_ms_max: number;
  /** Of each step of an isolate: it dies, with all that it knows. */
  crash: number;
  /** Of each message to the tenant's object: it starts anew with what is on disk. */
  restart: number;
  /** Of each step: a clock jumps, by up to this much, back or forth. */
  jump: number;
  jump_ms_max: number;
  /** Of each call of the ledger: it fails, before or after it was done. */
  outage: number;
  /** Of each run: its node falls silent, having run it or not. */
  silent: number;
  /** Of each run: its request is cut off, and nobody says how it went. */
  cut_off: number;
}

export const NONE: Faults = {
  loss: 0,
  replay: 0,
  replay_ms_max: 0,
  late: 0,
  late_ms_max: 0,
  crash: 0,
  restart: 0,
  jump: 0,
  jump_ms_max: 0,
  outage: 0,
  silent: 0,
  cut_off: 0,
};

export const HARSH: Faults = {
  loss: 0.15,
  replay: 0.2,
  replay_ms_max: 5 * 60_000,
  late: 0.1,
  late_ms_max: 60_000,
  crash: 0.002,
  restart: 0.02,
  jump: 0.001,
  jump_ms_max: 3_600_000,
  outage: 0.3,
  silent: 0.1,
  cut_off: 0.05,
};
