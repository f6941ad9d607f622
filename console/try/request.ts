/**
 * A request as the page sends it and as a program would: its body, and the same in three languages. A key is
 * never in them: programs read it from their environment.
 * @module
 */
import type { EngineModelJson, ModelJson } from "../../contract/model-registry.ts";
import type { InferRequest } from "../../contract/oip.ts";
import type { ChatRequest } from "../../contract/openai/chat.ts";
import type { Objective } from "../../mesh/placement/objective.ts";

/** What a model is asked: of tensors, or of a language model. */
export type TryRequest = InferRequest | ChatRequest;
/** A model that can be asked so. */
export type TryModel = ModelJson | EngineModelJson;

/** Whether it asks a language model. */
export const isChat = (request: TryRequest): request is ChatRequest => "messages" in request;

/** Of an answer's or a request's tensors, what is drawn here. */
export interface Tensor {
  name: string;
  shape: number[];
  datatype: string;
  data?: unknown[];
}

let loading: Promise<Record<string, InferRequest>> | undefined;

/** The requests of docs/examples by model, fetched once. */
export function loadExamples(): Promise<Record<string, InferRequest>> {
  loading ??= fetch("/console/examples.json").then((response) => response.json()).catch(() => {
    loading = undefined;
    return {};
  });
  return loading!;
}

const QUESTION = "Name three things that one sees of the Earth at night from orbit.";

// Bigger tensors are no example, and nobody reads them.
const ELEMENTS_MAX = 4_096;

/**
 * A request that fits what a model takes: a question, or zeros, of the least size that its limits let through.
 */
export function plainRequest({ id, perigee }: TryModel): TryRequest {
  if ("apis" in perigee) {
    return { model: id, messages: [{ role: "user", content: QUESTION }], max_tokens: 64 };
  }
  const { inputs, limits } = perigee;
  const least = new Map(limits.flatMap(({ of, min }) => of.length === 1 ? [[of[0], min]] : []));
  return {
    inputs: inputs.map(({ name, datatype, dims }) => {
      const shape = dims.map((dim) =>
        typeof dim === "number" ? dim : Math.max(1, least.get(dim) ?? 1)
      );
      const size = Math.min(ELEMENTS_MAX, shape.reduce((product, n) => product * n, 1));
      const zero = datatype === "BOOL" ? false : datatype === "BYTES" ? "" : 0;
      return {
        name,
        shape,
        datatype: datatype as InferRequest["inputs"][number]["datatype"],
        data: new Array(size).fill(zero),
      };
    }),
  };
}

/** The same request from another place. */
export function fromPlace(
  request: TryRequest,
  { lat, lon }: { lat: number; lon: number },
): TryRequest {
  if (isChat(request)) {
    return { ...request, perigee: { ...request.perigee, origin: { lat, lon, alt_m: 0 } } };
  }
  const parameters = { ...request.parameters, origin_lat: lat, origin_lon: lon };
  return { ...request, parameters };
}

/** The same request for another objective; latency is the default, and not said. */
export function withObjective(request: TryRequest, objective: Objective): TryRequest {
  const isSaid = objective !== "latency";
  if (isChat(request)) {
    const { objective: _, ...others } = request.perigee ?? {};
    return { ...request, perigee: { ...others, ...(isSaid && { objective }) } };
  }
  const { objective: _, ...others } = request.parameters ?? {};
  return { ...request, parameters: { ...others, ...(isSaid && { objective }) } };
}

/** JSON that a person reads: short lists stay on their line. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /\[\s+([^[\]{}]*?)\s+\]/g,
    (_, inside: string) => `[${inside.replace(/\s*\n\s*/g, " ")}]`,
  );
}

/** Where a model is asked. */
export const pathOf = (model: string, isOfTokens: boolean): string =>
  isOfTokens ? "/v1/chat/completions" : `/v2/models/${encodeURIComponent(model)}/infer`;

/** The request in each language. @param origin of the mesh, such as https://mesh.example */
export function inLanguages(
  origin: string,
  { model, body, isOfTokens }: { model: string; body: string; isOfTokens: boolean },
): Record<string, string> {
  const url = `${origin}${pathOf(model, isOfTokens)}`;
  const [own, result] = isOfTokens ? ["perigee", "choices"] : ["parameters", "outputs"];
  const indented = body.replace(/\n/g, "\n  ");
  return {
    curl: `curl ${url} \\
  -H "Authorization: Bearer $PERIGEE_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body.replace(/'/g, `'\\''`)}'`,
    TypeScript: `const response = await fetch("${url}", {
  method: "POST",
  headers: {
    "Authorization": \`Bearer \${process.env.PERIGEE_KEY}\`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify(${indented}),
});
const { ${result}, ${own} } = await response.json();
console.log(${own}.node, ${result});`,
    Python: `import json, os, urllib.request

request = urllib.request.Request(
    "${url}",
    headers={
        "Authorization": f"Bearer {os.environ['PERIGEE_KEY']}",
        "Content-Type": "application/json",
    },
    data=json.dumps(json.loads(r"""${body}""")).encode(),
)
with urllib.request.urlopen(request) as response:
    answer = json.load(response)
print(answer["${own}"]["node"], answer["${result}"])`,
  };
}
