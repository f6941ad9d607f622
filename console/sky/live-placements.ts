/**
 * Brings what the live socket tells among the placements that all views of the sky draw.
 * @module
 */
import { watchLive } from "../live.ts";
import { addPlacements, tryPlacements } from "./placements.ts";

/** Takes in live news from now on, and what the ledger has of before. @returns what ends that */
export const followLive = (): () => void =>
  watchLive(({ sample }) =>
    addPlacements(sample.map(({ id, placed_at, model, origin, path }) => ({
      id,
      placed_ms: Date.parse(placed_at),
      model,
      origin,
      path,
    }))), tryPlacements);
