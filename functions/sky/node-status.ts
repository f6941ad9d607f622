/**
 * Which nodes are out of service, by the registrars. An isolate learns of a change within seconds;
 * until then it may ask a node that is out of service, and the node's own object refuses.
 * @module
 */
import { logger } from "../../contract/log.ts";
import { allRegistrars } from "../../durable-objects/names.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Hints, OutOfService } from "../../mesh/placement/hints.ts";

// Asking all registrars more often would cost more than it saves: one refusal for each ask.
const KEPT_MS = 10_000;

const log = logger();

const heard = new WeakMap<Hints, number>();

/**
 * Asks the registrars, at most once in ten seconds, and replaces `hints.outOfService`. Logs
 * failures, never rejects.
 * @param now_ms real clock
 */
export async function refreshNodeStatus(
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
    // If an admin has changed a node through this isolate meanwhile, it has set a newer map.
    if (hints.outOfService === before) hints.outOfService = out;
  } catch (error) {
    log.warn("The registrars did not say which nodes are out of service", { error });
  }
}
