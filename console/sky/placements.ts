/**
 * Where asks have run, as far as this page knows: its own, those of the last hour that the ledger tells, and
 * what comes live. All views of the sky draw them.
 * @module
 */
import { onKey } from "../session.ts";

/** Where one ask ran. */
export interface KnownPlacement {
  /** The execution's id. */
  id: string;
  /** Mesh clock, ms since 1970. */
  placed_ms: number;
  model: string;
  /** Null: it was not told. */
  origin: { lat: number; lon: number } | { node: string } | null;
  /** From the node that took the ask to the one that ran it. */
  path: readonly string[];
}

// More arcs than these nobody tells apart, and a page that stays open for days must not grow.
const KEPT_MAX = 1_000;

let known: KnownPlacement[] = [];
const listeners = new Set<() => void>();

/** In the order of the mesh clock, the oldest first. */
export const knownPlacements = (): readonly KnownPlacement[] => known;

/** Takes in what has been placed; an id counts once. */
export function addPlacements(placements: readonly KnownPlacement[]): void {
  const ids = new Set(known.map(({ id }) => id));
  const fresh = placements.filter(({ id }) => !ids.has(id));
  if (fresh.length === 0) return;
  known = [...known, ...fresh].sort((a, b) => a.placed_ms - b.placed_ms).slice(-KEPT_MAX);
  for (const heard of listeners) heard();
}

/** Hears of new ones. @returns what ends that */
export function onPlacements(heard: () => void): () => void {
  listeners.add(heard);
  return () => void listeners.delete(heard);
}

/** A page of `GET /v1/placements`, as far as it is read here. */
export interface PlacementPage {
  data: {
    id: string;
    placed_at: string;
    model: string;
    origin: KnownPlacement["origin"];
    path: string[];
  }[];
}

/** Takes in what the ledger tells. */
export function addRecorded({ data }: PlacementPage): void {
  addPlacements(data.map(({ placed_at, ...rest }) => ({
    ...rest,
    placed_ms: Date.parse(placed_at),
  })));
}

// What one key showed is nobody else's.
onKey(() => {
  known = [];
  for (const heard of listeners) heard();
});
