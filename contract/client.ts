/**
 * The routes of tenants as a table, and the type of an app that serves them, for Hono's typed client:
 *
 * ```ts
 * const mesh = hc<Perigee>("https://mesh.example", { headers: { Authorization: `Bearer ${key}` } });
 * const reply = await mesh.v1.route.$post({ json: { model: "scene-indices" } });
 * if (reply.ok) console.log((await reply.json()).placement?.node);
 * ```
 * A test holds the table against the routes themselves.
 * @module
 */
import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { LimitsJson } from "./limits.ts";
import { EngineModelJson, ModelDeleted, ModelJson, ModelListJson } from "./model-registry.ts";
import { ReceiptJson } from "./money.ts";
import { FleetNodeJson, FleetQuery, NodeAnswer } from "./node.ts";
import { InferRequest, InferResponse, ModelMetadata, OipError } from "./oip.ts";
import { PassesAnswer, PassesQuery } from "./passes.ts";
import { RouteAnswer, RouteRequest } from "./placement.ts";
import { Problem, PROBLEMS } from "./problem.ts";
import { page, PageQuery } from "./responses.ts";

/** What a route takes and gives. Parameters of its path are texts, and known from it. */
interface ClientRoute {
  query?: z.ZodType;
  json?: z.ZodType;
  /** The body of a success. */
  answer: z.ZodType;
  /** The body of any error. */
  error: z.ZodType;
}

const v1 = <Answer extends z.ZodType>(answer: Answer) => ({ answer, error: Problem });
const v2 = <Answer extends z.ZodType>(answer: Answer) => ({ answer, error: OipError });

/** By path, as Hono writes it, and by method. Its binary forms are no JSON, and not here. */
export const CLIENT_ROUTES = {
  "/v2/models/:name": { get: v2(ModelMetadata) },
  "/v2/models/:name/infer": { post: { ...v2(InferResponse), json: InferRequest } },
  "/v2/models/:name/versions/:version/infer": {
    post: { ...v2(InferResponse), json: InferRequest },
  },
  "/v1/route": { post: { ...v1(RouteAnswer), json: RouteRequest } },
  "/v1/passes": { get: { ...v1(PassesAnswer), query: PassesQuery } },
  "/v1/nodes": { get: { ...v1(page(FleetNodeJson)), query: FleetQuery } },
  "/v1/nodes/:id": { get: v1(NodeAnswer) },
  "/v1/models": { get: v1(ModelListJson) },
  "/v1/models/:name": { get: v1(z.union([ModelJson, EngineModelJson])), delete: v1(ModelDeleted) },
  "/v1/receipts": { get: { ...v1(page(ReceiptJson)), query: PageQuery } },
  "/v1/limits": { get: v1(LimitsJson) },
} as const satisfies Record<string, Partial<Record<"get" | "post" | "delete", ClientRoute>>>;

type Status = (typeof PROBLEMS)[keyof typeof PROBLEMS]["status"];

type Names<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : Path extends `${string}:${infer Name}` ? Name
  : never;

type Input<Path extends string, Route> =
  & { header?: { "Idempotency-Key"?: string; "Perigee-Origin"?: string } }
  & ([Names<Path>] extends [never] ? unknown : { param: Record<Names<Path>, string> })
  & (Route extends { query: infer Query extends z.ZodType }
    ? { query: { [Name in keyof z.input<Query>]?: string } }
    : unknown)
  & (Route extends { json: infer Body extends z.ZodType } ? { json: z.input<Body> } : unknown);

type Endpoint<Path extends string, Route extends ClientRoute> =
  | {
    input: Input<Path, Route>;
    output: z.output<Route["answer"]>;
    outputFormat: "json";
    status: 200;
  }
  | {
    input: Input<Path, Route>;
    output: z.output<Route["error"]>;
    outputFormat: "json";
    status: Status;
  };

type ClientSchema = {
  [Path in keyof typeof CLIENT_ROUTES]: {
    [
      Method in keyof (typeof CLIENT_ROUTES)[Path] as `$${Method & string}`
    ]: (typeof CLIENT_ROUTES)[Path][Method] extends infer Route extends ClientRoute
      ? Endpoint<Path, Route>
      : never;
  };
};

/** The app of a mesh, as `hc<Perigee>()` takes it: the routes of CLIENT_ROUTES, and no others. */
// deno-lint-ignore ban-types -- Hono's own way to say: no variables
export type Perigee = OpenAPIHono<{}, ClientSchema, "/">;
