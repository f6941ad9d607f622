/**
 * Whom each placement rule would ask, in which order. The mesh's own rules are its own placement; the
 * others rank by the same searches.
 * @module
 */
import { isSunlit } from "../../mesh/orbit/eclipse.ts";
import type { Ecef } from "../../mesh/orbit/frames.ts";
import { sunDirectionEcef } from "../../mesh/orbit/sun.ts";
import { type Ask, isNodeOrigin } from "../../mesh/placement/ask.ts";
import { Best } from "../../mesh/placement/best.ts";
import type { Way } from "../../mesh/placement/candidate.ts";
import { CANDIDATES_MAX, Placer, straightTo, viewOf } from "../../mesh/placement/place.ts";
import { type Scores, scoresOf } from "../../mesh/placement/scores.ts";
import type { Sky } from "../../mesh/placement/sky.ts";
import type { PlacementRule } from "../run.ts";

/** A rule by which a node is chosen. */
export interface Rule {
  objective: Ask["objective"];
  /** Whether the first way is taken whatever is known of its node. */
  blind: boolean;
  /** Ways to nodes, best first; holds scratch memory, so one ask at a time. */
  ways(ask: Ask, sky: Sky): readonly Way[];
}

/** Makes a rule. @param rule one by which a node thinks */
export function ruleOf(rule: Exclude<PlacementRule, "ground_only">): Rule {
  const placer = new Placer();
  const ranked = (ask: Ask, sky: Sky) => placer.ways(ask, sky);
  switch (rule) {
    case "nearest_available":
      return { objective: undefined, blind: false, ways: ranked };
    case "least_battery_wear":
      return { objective: "energy", blind: false, ways: ranked };
    case "nearest":
      return { objective: undefined, blind: true, ways: nearestOne() };
    case "sunlit_first":
      return { objective: undefined, blind: false, ways: sunlitFirst(ranked) };
  }
}

const BY_LENGTH: Scores = {
  at: (length) => length,
  longest: (score) => score,
  of: (_index, length) => length,
};

function nearestOne(): Rule["ways"] {
  const best = new Best(1);
  return (ask, sky) => {
    const { origin } = ask;
    if (isNodeOrigin(origin)) return [{ index: origin.node, path: [origin.node], length: 0 }];
    sky.finder.above(viewOf(ask, origin, sky), BY_LENGTH, best);
    return straightTo(best);
  };
}

// More than any deadline may last.
const SHADOW_S = 4_096;

/** @param otherwise where the place sees no node that would serve, or the origin is a node */
function sunlitFirst(otherwise: Rule["ways"]): Rule["ways"] {
  const best = new Best(CANDIDATES_MAX);
  return (ask, sky) => {
    if (isNodeOrigin(ask.origin)) return otherwise(ask, sky);
    const sun = sunDirectionEcef(ask.at);
    const node: Ecef = { x: 0, y: 0, z: 0 };
    const quickest = scoresOf({ ask, ...sky, explaining: false });
    const scores: Scores = {
      ...quickest,
      of(index, length, xyz, offset) {
        node.x = xyz[offset];
        node.y = xyz[offset + 1];
        node.z = xyz[offset + 2];
        const score = quickest.of(index, length, xyz, offset);
        return isSunlit(node, sun) ? score : score + SHADOW_S;
      },
    };
    sky.finder.above(viewOf(ask, ask.origin, sky), scores, best);
    return best.size > 0 ? straightTo(best) : otherwise(ask, sky);
  };
}
