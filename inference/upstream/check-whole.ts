/**
 * Looks at a whole answer of an engine before anybody pays for it.
 * @module
 */
import type { EngineApi } from "../../contract/engines.ts";
import { type JsonObject, objectOf, UpstreamFailure } from "./upstream.ts";

/**
 * Checks that an answer holds what its API must give.
 * @throws UpstreamFailure if it does not
 */
export function checkWhole(api: EngineApi, body: JsonObject): void {
  const [field, holds] = CHECKS[api];
  const items = body[field];
  if (Array.isArray(items) && items.length > 0 && items.every((item) => holds(objectOf(item)))) {
    return;
  }
  throw new UpstreamFailure("engine_unavailable", `The engine sent an answer without ${field}`);
}

type Check = (item: JsonObject | null) => boolean;

const isNumber = (value: unknown): boolean => typeof value === "number";

const CHECKS: Readonly<Record<EngineApi, readonly [string, Check]>> = {
  chat: ["choices", (choice) => objectOf(choice?.message) !== null],
  completions: ["choices", (choice) => typeof choice?.text === "string"],
  embeddings: [
    "data",
    (item) => Array.isArray(item?.embedding) && item.embedding.every(isNumber),
  ],
};
