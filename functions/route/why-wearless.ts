/**
 * Says why an ask whose objective is energy goes to the node that it goes to.
 * @module
 */
import { type Ask, isNodeOrigin } from "../../mesh/placement/ask.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";

/**
 * One sentence, without a final period, by the rules of mesh/placement/place.ts.
 * @param best the first candidate that would serve
 */
export function whyWearless({ battery, path }: Candidate, ask: Ask): string {
  if (!battery) throw new Error("Only a candidate of the objective energy says what it draws");
  if (ask.deadline_ms === null && isNodeOrigin(ask.origin)) {
    return "Without a deadline an ask from a node goes where it is answered first";
  }
  const isAbove = path.length === 1 && !isNodeOrigin(ask.origin);
  if (ask.deadline_ms === null && !isAbove) {
    return "No node above serves, and without a deadline the quickest over links is taken";
  }
  const within = ask.deadline_ms === null ? "above" : `that answers within ${ask.deadline_ms} ms`;
  const charge = `${(100 * battery.state_of_charge).toFixed(1)} % charged`;
  return {
    none: `Its run takes nothing from its battery, and no other such node ${
      isAbove ? "above is" : "is"
    } sooner`,
    slows_charging:
      `No node ${within} can run it without its battery: this one, ${charge}, only charges slower`,
    draws: `No node ${within} can run it without its battery: this one is the fullest, ${charge}`,
  }[battery.use];
}
