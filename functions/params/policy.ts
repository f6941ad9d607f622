/**
 * A request's policy: read, compiled, and as the ledger keeps it with its objective.
 * @module
 */
import { compilePolicy, Policy, type PolicyRule } from "../../contract/policy.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { PlacementPolicy } from "../../mesh/billing/placement.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Objective } from "../../mesh/placement/objective.ts";
import type { CompiledPolicy } from "../../mesh/placement/policy.ts";
import { sha256Hex } from "../sha256-hex.ts";
import { invalid } from "./invalid.ts";

/**
 * Compiles a policy for a constellation.
 * @returns null without a policy
 * @throws ProblemError `invalid_request` for a rule that names nothing that exists
 */
export function checkedPolicy(
  policy: Policy | undefined,
  constellation: Constellation,
): CompiledPolicy | null {
  if (!policy) return null;
  const compiled = compilePolicy(policy, constellation);
  if ("admits" in compiled) return compiled;
  // The next catalogue may have the node or the shell that this one has not.
  throw invalid(
    compiled.issues.map(({ path, message }) => ({ path: ["policy", ...path], message })),
    { final: false },
  );
}

/**
 * Reads a policy from text: the Open Inference Protocol's parameters are flat, and cannot hold it
 * as JSON.
 * @param text JSON; undefined: no policy
 * @returns undefined without a text
 * @throws ProblemError `invalid_request` for text that is no JSON, or JSON that is no policy
 */
export function parsePolicy(text: string | undefined): Policy | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProblemError("invalid_request", "The parameter policy is not JSON", { final: true });
  }
  const parsed = Policy.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map(({ path, message }) => ({ path: ["policy", ...path], message })),
  );
}

// Hashing a megabyte of areas takes 7 ms, and each node that an ask goes to gets the same record.
const records = new WeakMap<Policy, PlacementPolicy>();

/**
 * What a placement was chosen by, as the ledger keeps it: the rules, an area, which can be large, by its
 * digest (docs/policy.md); and the objective, where it is not the default.
 * @returns null without a policy, for the default objective
 */
export function policyRecord(
  policy: Policy | undefined,
  objective: Objective = "latency",
): PlacementPolicy | null {
  const rules = rulesRecord(policy);
  return objective === "latency" ? rules : { objective, ...rules };
}

function rulesRecord(policy: Policy | undefined): PlacementPolicy | null {
  if (!policy) return null;
  const known = records.get(policy);
  if (known) return known;
  const record = {
    ...(policy.allow && { allow: policy.allow.map(ruleText) }),
    ...(policy.deny && { deny: policy.deny.map(ruleText) }),
  };
  records.set(policy, record);
  return record;
}

const ruleText = (rule: PolicyRule): string =>
  Object.entries(rule).map(([kind, value]) =>
    `${kind}:${typeof value === "string" ? value : policyDigest(value)}`
  ).join();

// 16 digits, 64 bits: they tell apart all the areas that one tenant will ever give.
const DIGEST_HEX = 16;

const policyDigest = (area: unknown): string =>
  `sha256-${sha256Hex(JSON.stringify(area)).slice(0, DIGEST_HEX)}`;
