/**
 * What goes wrong in a simulated mesh, and how often.
 * @module
 */

export interface Faults {
  /** Of each message, there or back. */
  loss: number;
  /** Of each request: it arrives again, at once or much later. */
  replay: number;
  /** Of each message: it is late; of each call: it waits as long for an answer. */
  late: number;
  late_ms_max: number;
  /** Of each step between two awaits: the object dies before it. */
  crash: number;
  /** Each register is away this often, for this long. */
  outages_per_day: number;
  outage_ms_max: number;
  /** Of each ask: it goes where the node was some time ago. */
  stale: number;
  stale_ms_max: number;
  /** Each object's clock is off by up to this, and changes when it starts anew. */
  skew_ms_max: number;
  /** The mesh clock goes back this often, by up to this much, and comes back some time later. */
  jumps_per_day: number;
  jump_ms_max: number;
}

export const NONE: Faults = {
  loss: 0,
  replay: 0,
  late: 0,
  late_ms_max: 0,
  crash: 0,
  outages_per_day: 0,
  outage_ms_max: 0,
  stale: 0,
  stale_ms_max: 0,
  skew_ms_max: 0,
  jumps_per_day: 0,
  jump_ms_max: 0,
};

/** As bad as a whole day can get. */
export const HARSH: Faults = {
  loss: 0.3,
  replay: 0.5,
  late: 0.15,
  late_ms_max: 3 * 3_600_000,
  crash: 0.02,
  outages_per_day: 6,
  outage_ms_max: 20 * 60_000,
  stale: 0.3,
  stale_ms_max: 30 * 60_000,
  skew_ms_max: 20_000,
  jumps_per_day: 6,
  jump_ms_max: 40 * 60_000,
};

/** Less is lost and more comes late: as many meetings as there can be in a storm of crossings. */
export const STORMY: Faults = {
  ...HARSH,
  loss: 0.1,
  late: 0.3,
  late_ms_max: 5 * 60_000,
  crash: 0.03,
  outages_per_day: 24,
  outage_ms_max: 60_000,
  stale_ms_max: 3 * 60_000,
  skew_ms_max: 60_000,
  jumps_per_day: 48,
  jump_ms_max: 5 * 60_000,
};
