/**
 * The composition root: every route, every object, one worker.
 * @module
 */
import { app } from "./app.ts";

export { AlmanacKeeper } from "../durable-objects/almanac/almanac-keeper.ts";
export { IdempotencyStore } from "../durable-objects/idempotency/idempotency-store.ts";
export { Collector } from "../durable-objects/collector/collector.ts";
export { LedgerCache } from "../durable-objects/ledger-cache/ledger-cache.ts";
export { LiveFeed } from "../durable-objects/live/live-feed.ts";
export { OrbitalNode } from "../durable-objects/node/orbital-node.ts";
export { Registrar } from "../durable-objects/registrar/registrar.ts";
export { Tenant } from "../durable-objects/tenant/tenant.ts";

export default app;
