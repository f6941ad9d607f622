/**
 * A request's policy, compiled; and how the ledger remembers it.
 * @module
 */
import { compilePolicy, Policy, type Rule } from "../contract/policy.ts";
import { ProblemError } from "../contract/problem.ts";
import type { PlacementPolicy } from "../ledger/schema/placements.ts";
import type { Constellation } from "../mesh/orbit/constellation.ts";
import type { CompiledPolicy } from "../mesh/placement/policy.ts";
import { invalid } from "./problem.ts";

/** Null without a policy. A rule that names nothing is the caller's mistake. */
export function policyOf(
  policy: Policy | undefined,
  constellation: Constellation,
): CompiledPolicy | null {
  if (!policy) return null;
  const compiled = compilePolicy(policy, constellation);
  if ("admits" in compiled) return compiled;
  throw invalid(
    compiled.issues.map(({ path, message }) => ({ path: ["policy", ...path], message })),
  );
}

/** A policy that had to travel as text, where parameters are flat. */
export function parsePolicy(text: string | undefined): Policy | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProblemError("invalid_request", "The parameter policy is not JSON");
  }
  const parsed = Policy.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map(({ path, message }) => ({ path: ["policy", ...path], message })),
  );
}

/** Rules as the ledger keeps them; an area by its kind alone, since it can be large. */
export function policyRecord(policy: Policy | undefined): PlacementPolicy | null {
  if (!policy) return null;
  const text = (rule: Rule) =>
    Object.entries(rule).map(([kind, value]) =>
      typeof value === "string" ? `${kind}:${value}` : kind
    ).join();
  return {
    ...(policy.allow && { allow: policy.allow.map(text) }),
    ...(policy.deny && { deny: policy.deny.map(text) }),
  };
}
