/**
 * Which nodes are out of service, as the registrars have it. An isolate learns of a change within
 * seconds; until then it may ask a node that is out of service, whose own object refuses.
 * @module
 */
import { logger } from "../../contract/log.ts";
import { allRegistrars } from "../../durable-objects/names.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Hints, OutOfService } from "../../mesh/placement/hints.ts";

// Asking all registrars more often would cost more than it spares: one refusal an ask.
const KEPT_MS = 10_000;

const log = logger();

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
    // An admin who changed a node through this isolate meanwhile replaced the map: that is newer.
    if (hints.outOfService === before) hints.outOfService = out;
  } catch (error) {
    log.warn("The registrars did not say which nodes are out of service", { error });
  }
}
