/**
 * Which nodes are out of service, as the registrars have it: isolates hear of it within seconds, and
 * a node's own object is the last word in any case.
 * @module
 */
import { allRegistrars } from "../../durable-objects/names.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Hints, OutOfService } from "../../mesh/placement/hints.ts";

// What an isolate that did not hear may cost meanwhile is one refusal for an ask.
const KEPT_MS = 10_000;

const heard = new WeakMap<Hints, number>();

/** @param now_ms real time */
export async function refreshServices(
  env: Env,
  constellation: Constellation,
  hints: Hints,
  now_ms: number,
): Promise<void> {
  if (now_ms < (heard.get(hints) ?? 0) + KEPT_MS) return;
  heard.set(hints, now_ms);
  const before = hints.outOfService;
  try {
    const shards = await Promise.all(allRegistrars(env).map((registrar) => registrar.services()));
    const out = new Map<number, OutOfService>();
    for (const { node, service } of shards.flat()) {
      const index = constellation.indexOf(node);
      if (index >= 0 && service.state !== "up") out.set(index, service.state);
    }
    // What an admin has set here meanwhile is newer than what was on its way.
    if (hints.outOfService === before) hints.outOfService = out;
  } catch (error) {
    console.warn(`Which nodes are out of service is not known anew: ${error}`);
  }
}
