/**
 * Where a model may run: what is left of a policy once rules have become lookups.
 *
 * A node is admitted if no rule of `deny` matches it and, where there is an `allow`, a rule of that
 * does. The sub-point is computed only where a rule by area has to decide. Nothing is allocated on the
 * way: a search asks this of every node it meets.
 * Not its job: reading rules (contract/policy.ts).
 * @module
 */
import type { Area } from "../geo/area.ts";
import { subPoint } from "../geo/sub-point.ts";
import type { Constellation } from "../orbit/constellation.ts";
import type { Ecef } from "../orbit/frames.ts";

/** A policy against one constellation. */
export interface CompiledPolicy {
  /**
   * Whether a model may run on a node.
   * @param index the node's, in the constellation
   * @param point the node's Earth-fixed position, km
   * @returns false, too, where the position is NaN and a rule by area would have to decide
   */
  admits(index: number, point: Ecef): boolean;
}

/** What a list of rules names; a node matches it by any of them. */
export interface Matches {
  /** Indices into the constellation's `groups`. */
  readonly groups: readonly number[];
  /** Indices of nodes. */
  readonly nodes: readonly number[];
  readonly areas: readonly Area[];
}

/**
 * Turns rules into lookups.
 * @param allow null: every node that is not denied
 */
export function compileRules(
  { allow, deny, constellation }: {
    allow: Matches | null;
    deny: Matches;
    constellation: Constellation;
  },
): CompiledPolicy {
  const denied = new Names(deny, constellation);
  const allowed = allow && new Names(allow, constellation);
  const denyAreas = deny.areas;
  const allowAreas = allow?.areas ?? [];
  const at = new Float64Array(2);
  return {
    admits(index, point) {
      if (denied.hold(index)) return false;
      const named = allowed === null || allowed.hold(index);
      if (denyAreas.length === 0 && (named || allowAreas.length === 0)) return named;
      subPoint(point, at);
      // A node of unknown position cannot be shown to lie outside what is denied.
      if (Number.isNaN(at[1])) return false;
      return !anyHolds(denyAreas, at) && (named || anyHolds(allowAreas, at));
    },
  };
}

function anyHolds(areas: readonly Area[], at: Float64Array): boolean {
  for (let a = 0; a < areas.length; a++) if (areas[a].holds(at)) return true;
  return false;
}

/** Shells and nodes that rules name: as large as the rules, whatever the constellation. */
class Names {
  readonly #groups: ReadonlySet<number>;
  readonly #nodes: ReadonlySet<number>;
  readonly #constellation: Constellation;

  constructor({ groups, nodes }: Matches, constellation: Constellation) {
    this.#groups = new Set(groups);
    this.#nodes = new Set(nodes);
    this.#constellation = constellation;
  }

  hold(index: number): boolean {
    if (this.#nodes.has(index)) return true;
    return this.#groups.size > 0 && this.#groups.has(this.#constellation.group(index));
  }
}
