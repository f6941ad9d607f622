/**
 * The spans that usage is shown for, and how fine each is.
 * @module
 */

/** Widths of buckets, in ms, by the name that /v1/usage knows them by. */
export const BUCKETS = { "1m": 60_000, "1h": 3_600_000, "1d": 86_400_000 } as const;

/** A span that ends now, as the mesh takes it where none is named. */
export interface Span {
  name: string;
  label: string;
  width: keyof typeof BUCKETS;
}

export const SPANS: readonly Span[] = [
  { name: "hour", label: "Last hour", width: "1m" },
  { name: "day", label: "Last day", width: "1h" },
  { name: "month", label: "Last 30 days", width: "1d" },
];

/** What usage is grouped by; empty: nothing. */
export const GROUPINGS = [
  { name: "", label: "All together" },
  { name: "model", label: "By model" },
  { name: "region", label: "By region" },
  { name: "node", label: "By node" },
] as const;
