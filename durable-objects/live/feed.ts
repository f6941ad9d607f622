/**
 * What a feed tells its pages, from what it knew and what the ledger has said. Pure: the object around it
 * (live-feed.ts) asks the ledger and has the sockets.
 * @module
 */
import type { LedgerState, LiveExecution, LiveMessage } from "../../contract/live.ts";
import type { NewestExecutions, SampledExecution } from "../../ledger/newest-executions.ts";
import { originOf } from "../../ledger/placements.ts";

/** What a feed knows between two looks at the ledger. */
export interface FeedState {
  /** As NewestRequest.after: null before the first look that was answered. */
  last: string | null;
  ledger: LedgerState;
}

/** Before the first look. */
export const UNSEEN: FeedState = { last: null, ledger: "here" };

/**
 * Takes what the ledger said.
 * @param found null: it did not answer
 * @returns messages for pages that were there at the look before, in order; none if there is nothing to tell
 */
export function advance(
  before: FeedState,
  found: NewestExecutions | null,
): { state: FeedState; messages: LiveMessage[] } {
  const ledger = found ? "here" : "away";
  const messages: LiveMessage[] = [];
  if (ledger !== before.ledger) messages.push({ type: "ledger", ledger });
  if (found?.news) {
    messages.push({ type: "news", ...found.news, sample: found.news.sample.map(toWire) });
  }
  return { state: { last: found ? found.last : before.last, ledger }, messages };
}

function toWire(one: SampledExecution): LiveExecution {
  return {
    id: one.id,
    placed_at: new Date(one.placed_at_ms).toISOString(),
    model: one.model,
    class: one.class,
    origin: originOf(one),
    path: one.path,
    node: one.node,
    region: one.region,
    sub_point: { lat: one.sub_lat, lon: one.sub_lon, alt_km: one.sub_alt_km },
    modelled_total_ms: one.modelled_total_ms,
    energy_mj: one.energy_mj,
    charge_microcredits: one.charge_microcredits,
  };
}
