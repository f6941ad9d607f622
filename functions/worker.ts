/**
 * The composition root: every route, every object, one worker.
 * @module
 */
import { app } from "./app.ts";

export { AlmanacKeeper } from "../durable-objects/almanac-keeper.ts";
export { AnswerKeeper } from "../durable-objects/answer-keeper.ts";
export { Collector } from "../durable-objects/collector.ts";
export { Gatekeeper } from "../durable-objects/gatekeeper.ts";
export { OrbitalNode } from "../durable-objects/orbital-node.ts";
export { Registrar } from "../durable-objects/registrar.ts";
export { Tenant } from "../durable-objects/tenant.ts";

export default app;
