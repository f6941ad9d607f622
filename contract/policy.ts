/**
 * A policy on the wire: where a model may run, by rules for countries, areas, shells and nodes.
 * The schema holds the form of a rule; `compilePolicy` reads what the rules name.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Area } from "../mesh/geo/area.ts";
import type { Constellation } from "../mesh/orbit/constellation.ts";
import { type CompiledPolicy, compileRules, type Matches } from "../mesh/placement/policy.ts";
import { alpha2Of, outlineOf } from "./countries.ts";
import { readArea } from "./geojson.ts";

// Every country there is, and some more: a search asks all the rules of each node that it meets.
export const RULES_MAX = 256;

// Areas of one request must not hold up the isolate's others: reading so many takes 5 to 25 ms, and
// where every edge spans the whole area, asking one node takes 10 us.
export const VERTICES_MAX = 5_000;

// A constellation may have hundreds of shells; an error need not list them all.
const NAMED_MAX = 20;

const KINDS = ["country", "area", "shell", "node"] as const;
const ONE_KIND = `must have exactly one of ${KINDS.join(", ")}`;

export const GeoArea = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be a GeoJSON Polygon or MultiPolygon",
).openapi("GeoArea", {
  type: "object",
  required: ["type", "coordinates"],
  properties: {
    type: { type: "string", enum: ["Polygon", "MultiPolygon"] },
    coordinates: { type: "array", items: {} },
  },
  description: "A Polygon or MultiPolygon of RFC 7946: [lon, lat], rings closed, split at the " +
    "antimeridian",
  example: { type: "Polygon", coordinates: [[[5, 45], [15, 45], [15, 55], [5, 55], [5, 45]]] },
});

/** One rule, of exactly one kind. */
export const PolicyRule = z.strictObject({
  country: z.string()
    .regex(/^[A-Z]{2,3}$/, "must be an ISO 3166-1 code of two or three capital letters")
    .optional().openapi({ example: "DE", description: "ISO 3166-1, of two or three letters" }),
  area: GeoArea.optional(),
  shell: z.string().max(64).optional().openapi({ example: "G2A" }),
  node: z.string().max(64).optional().openapi({ example: "G2A-017-042" }),
}).refine((rule) => KINDS.filter((kind) => rule[kind] !== undefined).length === 1, ONE_KIND)
  .openapi("Rule", { description: ONE_KIND, minProperties: 1, maxProperties: 1 });

export type PolicyRule = z.infer<typeof PolicyRule>;

/** The rules of one request: `deny` goes before `allow`. */
export const Policy = z.strictObject({
  allow: z.array(PolicyRule).min(1, "must have a rule: without `allow`, every node is allowed")
    .max(RULES_MAX).optional()
    .openapi({ description: "Only nodes that one of these matches. Default: every node" }),
  deny: z.array(PolicyRule).max(RULES_MAX).optional()
    .openapi({ description: "No node that one of these matches, allowed or not" }),
}).openapi("Policy", {
  description: "Where the model may run, by the node and by the point on the ground below it",
});

export type Policy = z.infer<typeof Policy>;

/** One fault of a policy, as a failed schema would tell it: where in the policy, and what. */
export interface PolicyIssue {
  path: PropertyKey[];
  message: string;
}

/** Why a policy cannot be used. */
export interface PolicyError {
  /** At least one, and at most one per rule. */
  issues: PolicyIssue[];
}

/**
 * Reads every rule against a constellation. A rule that names nothing there is an error, never ignored.
 */
export function compilePolicy(
  policy: Policy,
  constellation: Constellation,
): CompiledPolicy | PolicyError {
  const reader = new RuleReader(constellation);
  const deny = reader.read(policy.deny ?? [], "deny");
  const allow = policy.allow ? reader.read(policy.allow, "allow") : null;
  if (reader.issues.length > 0) return { issues: reader.issues };
  return compileRules({ allow, deny, constellation });
}

class RuleReader {
  readonly issues: PolicyIssue[] = [];
  readonly #constellation: Constellation;
  #vertices = 0;

  constructor(constellation: Constellation) {
    this.#constellation = constellation;
  }

  read(rules: readonly PolicyRule[], list: "allow" | "deny"): Matches {
    const groups: number[] = [];
    const nodes: number[] = [];
    const areas: Area[] = [];
    rules.forEach((rule, r) => {
      const fault = (path: PropertyKey[], message: string) =>
        this.issues.push({ path: [list, r, ...path], message });
      const { country, area, shell, node } = rule;
      if (country !== undefined) {
        const outline = this.#country(country);
        if (outline instanceof Area) areas.push(outline);
        else fault(["country"], outline.missing);
      } else if (shell !== undefined) {
        const group = this.#constellation.groups.indexOf(shell);
        if (group >= 0) groups.push(group);
        else fault(["shell"], this.#noShell(shell));
      } else if (node !== undefined) {
        const index = this.#constellation.indexOf(node);
        if (index >= 0) nodes.push(index);
        else fault(["node"], `${quoted(node)} is no node of ${this.#constellation.name}`);
      } else {
        const read = readArea(area, VERTICES_MAX - this.#vertices);
        if (!read.ok) {
          fault(["area", ...read.path], read.message);
        } else {
          this.#vertices += read.vertices;
          areas.push(new Area(read.polygons));
        }
      }
    });
    return { groups, nodes, areas };
  }

  #country(code: string): Area | { missing: string } {
    const alpha2 = alpha2Of(code);
    if (alpha2 === null) return { missing: `${quoted(code)} is no country code of ISO 3166-1` };
    const outline = outlineOf(alpha2);
    return outline instanceof Area ? outline : { missing: `${quoted(code)} ${outline.missing}` };
  }

  #noShell(shell: string): string {
    const { name, groups } = this.#constellation;
    const more = groups.length > NAMED_MAX ? `, and ${groups.length - NAMED_MAX} more` : "";
    const some = groups.slice(0, NAMED_MAX).join(", ");
    return `${quoted(shell)} is no shell of ${name}: it has ${some}${more}`;
  }
}

const quoted = (text: string) => JSON.stringify(text.slice(0, 64));
