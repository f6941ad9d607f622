/**
 * `/openapi.json` and `/docs`: the API's description, from the same schemas that check requests.
 * @module
 */
import { VERSION } from "../../contract/version.ts";
import { PROBLEMS } from "../../contract/problem.ts";
import type { App } from "../context.ts";
import { serveConstant } from "./constant.ts";
import { renderDocs } from "./docs-page.ts";

const INFO = {
  openapi: "3.1.0",
  info: {
    title: "Perigee",
    version: VERSION,
    description: "An orbital inference mesh: each request runs on the nearest available node. " +
      "Figures under `modelled` come from physics, those under `measured` from a clock.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
};

/**
 * Adds `/openapi.json`, `/docs`, the redirect of `/`, and the security schemes that the description
 * names.
 */
export function serveDocs(app: App): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description: "A tenant's API key",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "admin", {
    type: "http",
    scheme: "bearer",
    description: "The deployment's admin token, or an admin key",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "board", {
    type: "http",
    scheme: "bearer",
    description: "The key of a node's board: it opens nothing else",
  });
  // Made at the first request, when every route is there.
  const description = () => app.getOpenAPI31Document(INFO);
  serveConstant(app, "/openapi.json", {
    type: "application/json",
    make: () => JSON.stringify(description()),
  });
  serveConstant(app, "/docs", {
    type: "text/html; charset=UTF-8",
    make: async () => `${await renderDocs(description(), PROBLEMS)}`,
  });
  app.get("/", (c) => c.redirect("/docs"));
}
