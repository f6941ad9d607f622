/**
 * The API's description as OpenAPI 3.1: what the routes say of themselves, and what holds for all of them.
 * @module
 */
import { VERSION } from "../../contract/version.ts";
import type { App } from "../context.ts";
import { addCommonParts } from "./common-parts.ts";
import type { Description } from "./openapi-document.ts";
import { separateTypes } from "./separate-types.ts";

const ABOUT = `
An orbital inference mesh: each request runs on the nearest available node. Figures under \`modelled\`
come from physics, those under \`measured\` from a clock; the two never mix.

Every request may carry an \`X-Request-Id\` of its own, which its answer repeats. Errors under \`/v2\` are
the Open Inference Protocol's; all others are problems (RFC 9457), and hold the \`error\` object that
OpenAI's clients read.
`.trim();

const TAGS = [
  { name: "infer", description: "Inference, by the Open Inference Protocol" },
  { name: "openai", description: "Language models, by the OpenAI API" },
  { name: "models", description: "The models that a tenant can ask, its own among them" },
  { name: "route", description: "Where nodes are, whom they serve, and where an ask would run" },
  { name: "meter", description: "What ran and what it cost; keys, budgets and prices" },
];

const SCHEMES = {
  key: "A tenant's API key",
  admin: "The deployment's admin token, or an admin key",
  board: "The key of a node's board: it opens nothing else",
};

// On its own: the library types a license as OpenAPI 3.0 has it, without an identifier.
const FRAME = {
  openapi: "3.1.0",
  info: {
    title: "Perigee",
    version: VERSION,
    description: ABOUT,
    contact: { name: "Perigee" },
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/", description: "This deployment" }],
  tags: TAGS,
};

/**
 * Describes every route that the app has by now.
 * @returns an OpenAPI document of its own, which the caller may keep
 */
export function describe(app: App): Description {
  const registry = app.openAPIRegistry;
  for (const [name, description] of Object.entries(SCHEMES)) {
    registry.registerComponent("securitySchemes", name, {
      type: "http",
      scheme: "bearer",
      description,
    });
  }
  const document = app.getOpenAPI31Document(FRAME) as unknown as Description;
  addCommonParts(document);
  return separateTypes(document);
}
