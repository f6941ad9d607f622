/**
 * The path of one version of a model, for the description: it takes and gives what the model's own does.
 * @module
 */
import { type RouteConfig, z } from "@hono/zod-openapi";
import type { App } from "../context.ts";

const params = z.object({ name: z.string(), version: z.string().openapi({ example: "1" }) });

/**
 * Describes the same route under `/versions/{version}`; whoever serves it adds it to the app.
 * @param route of a path with `{name}`
 */
export function describeVersioned(
  app: App,
  { middleware: _, ...route }: RouteConfig & { operationId: string },
): void {
  app.openAPIRegistry.registerPath({
    ...route,
    path: route.path.replace("{name}", "{name}/versions/{version}"),
    operationId: `${route.operationId}Version`,
    summary: `${route.summary}, by its version`,
    request: { ...route.request, params },
  });
}
