/**
 * Which nodes are out of service, by the registrars. An isolate learns of a change within a minute at
 * most; until then it may ask a node that is out of service, and the node's own object refuses.
 * @module
 */
import { logger } from "../../contract/log.ts";
import { allRegistrars } from "../../durable-objects/names.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Hints, OutOfService } from "../../mesh/placement/hints.ts";

// Asking all registrars more often would cost more than it saves: one refusal for each ask. So where asks
// are few they are asked less often.
const KEPT_MS = 10_000;
const KEPT_MS_AT_REST = 60_000;
/** Of requests since the registrars were asked. */
const BUSY = 64;

const log = logger();

interface Heard {
  at_ms: number;
  /** Requests since then. */
  requests: number;
}

const heard = new WeakMap<Hints, Heard>();

/**
 * Asks the registrars, at most once in ten seconds, or in a minute where requests are few, and replaces
 * `hints.outOfService`. Logs failures, never rejects. To be called with every request.
 * @param now_ms real clock
 */
export async function refreshNodeStatus(
  env: Env,
  constellation: Constellation,
  hints: Hints,
  now_ms: number,
): Promise<void> {
  const last = heard.get(hints);
  if (last) {
    last.requests++;
    const kept_ms = last.requests < BUSY ? KEPT_MS_AT_REST : KEPT_MS;
    if (Math.abs(now_ms - last.at_ms) < kept_ms) return;
  }
  heard.set(hints, { at_ms: now_ms, requests: 0 });
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
    // They are asked again as soon as of a busy isolate.
    heard.set(hints, { at_ms: now_ms, requests: BUSY });
    log.warn("The registrars did not say which nodes are out of service", { error });
  }
}
