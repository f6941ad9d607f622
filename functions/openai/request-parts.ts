/**
 * The parts of an ask that every OpenAI-compatible route reads alike.
 * @module
 */
import type { EngineModel } from "../../contract/engines.ts";
import type { PerigeeRequest } from "../../contract/openai/shared.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { JsonObject } from "../../inference/upstream/upstream.ts";
import type { AskClass } from "../../mesh/billing/receipt.ts";
import { invalidField } from "../params/invalid.ts";
import { originOf } from "../params/origin.ts";
import type { Services } from "../services.ts";
import { sha256Hex } from "../sha256-hex.ts";
import type { TokensRequest } from "./tokens-request.ts";

const TIERS: Readonly<Record<string, AskClass>> = { priority: "realtime", flex: "batch" };

// A UUID, or a path with one in it; more is no id.
const SESSION_CHARS_MAX = 256;

/**
 * Origin, class, deadline, policy, objective and session of an ask.
 * @throws ProblemError as originOf() does, and `invalid_request` for a session's id that is too long
 */
export function placingOf(
  services: Services,
  { perigee, service_tier, prompt_cache_key }: {
    perigee?: PerigeeRequest | null;
    service_tier?: string | null;
    prompt_cache_key?: string | null;
  },
): Pick<TokensRequest, "origin" | "class" | "deadline_ms" | "policy" | "objective" | "session"> {
  const tier = TIERS[service_tier ?? ""] ?? "interactive";
  return {
    origin: originOf(services, perigee?.origin),
    class: perigee?.class ?? tier,
    deadline_ms: perigee?.deadline_ms ?? null,
    policy: perigee?.policy,
    objective: perigee?.objective,
    session: sessionOf(services, prompt_cache_key ?? null),
  };
}

/**
 * The session of an ask: no two tenants have one, whatever they call it. Engines see no more of it.
 * @param key where no header names it
 * @returns 32 digits; null: the ask is of none
 */
function sessionOf({ headers, caller }: Services, key: string | null): string | null {
  const id = headers.get("x-session-affinity") || key;
  if (!id) return null;
  if (id.length <= SESSION_CHARS_MAX) {
    return sha256Hex(`${caller.tenant_id}\n${id}`).slice(0, 32);
  }
  throw new ProblemError(
    "invalid_request",
    `x-session-affinity must have at most ${SESSION_CHARS_MAX} characters`,
  );
}

/**
 * The most tokens of one answer: what the caller asks for, else what the model's setting has.
 * @param field as the caller named it, for the problem
 * @throws ProblemError `invalid_request` for more than the setting lets an ask have
 */
export function tokensMax(model: EngineModel, asked: number | null | undefined, field: string) {
  const tokens = asked ?? model.max_tokens;
  if (tokens <= model.max_tokens) return tokens;
  throw invalidField(field, `must be at most ${model.max_tokens} for the model "${model.name}"`, {
    final: false,
  });
}

/** The fields that are given: null counts as not given. */
export const given = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => (value ?? null) !== null));

/** What a body is billed as sent up: its length as it came, or as it is written anew. */
export function bytesUp({ headers }: Services, body: unknown): number {
  const told = Number(headers.get("Content-Length"));
  return told > 0 ? told : new TextEncoder().encode(JSON.stringify(body)).length;
}
