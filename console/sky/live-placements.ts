/**
 * Brings what the live socket tells among the placements that all views of the sky draw.
 * @module
 */
import { watchLive } from "../live.ts";
import { addPlacements } from "./placements.ts";

/**
 * Takes in live news from now on.
 * @param begun is called as news begin to come: what was before is the caller's to ask for
 * @returns what ends that
 */
export const followLive = (begun: () => void): () => void =>
  watchLive(({ sample }) =>
    addPlacements(sample.map(({ id, placed_at, model, origin, path }) => ({
      id,
      placed_ms: Date.parse(placed_at),
      model,
      origin,
      path,
    }))), begun);
