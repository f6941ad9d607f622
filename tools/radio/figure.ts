/**
 * A published figure of round trips.
 * @module
 */

/** Of trips, ms or a share. */
export interface Figure {
  /** The share of trips that are quicker, 0 for the quickest; or the share that takes longer than so long. */
  of: number | { over_ms: number };
  value: number;
  /** Whether the value is only a bound that is not exceeded. */
  isBound?: boolean;
}
