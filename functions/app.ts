/**
 * Every route, on one app. Knows nothing of workerd itself, so that tests can read its description.
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "./context.ts";
import { serveBoardSocket } from "./boards/attach.ts";
import { serveBoardModels } from "./boards/model-file.ts";
import { serveConsole } from "./docs/console.ts";
import { serveDocs } from "./docs/docs.ts";
import { serveInfer } from "./infer/oip-infer.ts";
import { serveModels } from "./infer/oip-models.ts";
import { serveRepository } from "./infer/oip-repository.ts";
import { serveStatistics } from "./infer/oip-statistics.ts";
import { serveAdminKeys } from "./meter/admin-keys.ts";
import { serveBoardKeys } from "./meter/board-keys.ts";
import { serveKeys } from "./meter/keys.ts";
import { serveBacklog } from "./meter/backlog.ts";
import { serveInvoices } from "./meter/invoices.ts";
import { serveLimits } from "./meter/limits.ts";
import { serveLive } from "./meter/live.ts";
import { servePlacementArcs } from "./meter/placement-arcs.ts";
import { servePlacements } from "./meter/placements.ts";
import { servePrices } from "./meter/prices.ts";
import { serveReceipts } from "./meter/receipts.ts";
import { serveTenants } from "./meter/tenants.ts";
import { serveUsage } from "./meter/usage.ts";
import { serveMetrics } from "./meter/metrics.ts";
import { serveModelQuota } from "./models/quota.ts";
import { serveModelRegistry } from "./models/registry.ts";
import { serveUpload } from "./models/upload.ts";
import { crossOrigin } from "./middleware/cors.ts";
import { writeProblem } from "./middleware/problem.ts";
import { serveChat } from "./openai/chat.ts";
import { serveCompletions } from "./openai/completions.ts";
import { serveEmbeddings } from "./openai/embeddings.ts";
import { serveResponses } from "./openai/responses.ts";
import { provideServices } from "./middleware/services.ts";
import { RememberedRouter } from "./remembered-router.ts";
import { invalid } from "./params/invalid.ts";
import { serveEphemerides } from "./route/ephemerides.ts";
import { serveConstellation } from "./route/constellation.ts";
import { serveNode } from "./route/node.ts";
import { serveNodeService } from "./route/node-service.ts";
import { serveHardware } from "./route/hardware.ts";
import { serveSlowNode } from "./route/slow-node.ts";
import { serveNodes } from "./route/nodes.ts";
import { servePasses } from "./route/passes.ts";
import { serveRoute } from "./route/route.ts";
import { serveSky } from "./route/sky.ts";
import { serveSkyCatalogue } from "./route/sky-catalogue.ts";
import { unknownPath } from "./middleware/not-found.ts";

/** The whole API, for workerd to serve and for tests to ask or describe. */
export const app = new OpenAPIHono<AppEnv>({
  router: new RememberedRouter(),
  defaultHook: (result) => {
    if (!result.success) throw invalid(result.error.issues);
  },
});

app.use(provideServices);
app.use(crossOrigin(app));
app.onError(writeProblem);
app.notFound((c) => writeProblem(unknownPath(app, c), c));

serveStatistics(app);
serveModels(app);
serveRepository(app);
serveInfer(app);
serveChat(app);
serveCompletions(app);
serveEmbeddings(app);
serveResponses(app);
serveModelRegistry(app);
serveUpload(app);
serveModelQuota(app);
serveRoute(app);
serveNode(app);
serveNodes(app);
serveBoardSocket(app);
serveBoardModels(app);
serveBoardKeys(app);
serveNodeService(app);
serveSlowNode(app);
serveConstellation(app);
serveEphemerides(app);
serveHardware(app);
serveSky(app);
serveSkyCatalogue(app);
servePasses(app);
servePlacements(app);
servePlacementArcs(app);
serveLive(app);
serveUsage(app);
serveReceipts(app);
servePrices(app);
serveInvoices(app);
serveBacklog(app);
serveMetrics(app);
serveTenants(app);
serveLimits(app);
serveKeys(app);
serveAdminKeys(app);
serveDocs(app);
serveConsole(app);
