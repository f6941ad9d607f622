/**
 * Until when each tensor of a graph is needed: what no later node reads, an engine frees.
 * @module
 */

import type { ModelFunction, ModelGraph, ModelNode } from "./model-file.ts";
import { subgraphsOf } from "./subgraphs.ts";

export interface Liveness {
  /** For each node the tensors that it is the last to read, or that nobody reads. */
  readonly dyingAt: readonly (readonly string[])[];
  /** What the graph reads of the graphs around it. */
  readonly outer: ReadonlySet<string>;
}

type Body = Pick<ModelGraph, "nodes"> & { readonly outputs: readonly { readonly name: string }[] };

const known = new WeakMap<object, Liveness>();

export function livenessOf(graph: ModelGraph): Liveness {
  const already = known.get(graph);
  if (already) return already;
  const within = new Set([...graph.constants.keys(), ...graph.inputs.map(({ name }) => name)]);
  const liveness = trace(graph, within);
  known.set(graph, liveness);
  return liveness;
}

export function livenessOfFunction(body: ModelFunction): Liveness {
  const already = known.get(body);
  if (already) return already;
  const outputs = body.outputs.map((name) => ({ name }));
  const liveness = trace({ nodes: body.nodes, outputs }, new Set(body.inputs));
  known.set(body, liveness);
  return liveness;
}

function trace({ nodes, outputs }: Body, within: Set<string>): Liveness {
  const last = new Map<string, number>();
  const outer = new Set<string>();
  nodes.forEach((node, i) => {
    for (const name of readsOf(node)) {
      last.set(name, i);
      if (!within.has(name)) outer.add(name);
    }
    for (const name of node.outputs) {
      within.add(name);
      last.set(name, i);
    }
  });
  for (const { name } of outputs) {
    last.set(name, nodes.length);
    if (!within.has(name)) outer.add(name);
  }
  const dyingAt = nodes.map((): string[] => []);
  for (const [name, at] of last) if (at < nodes.length) dyingAt[at].push(name);
  return { dyingAt, outer };
}

function* readsOf(node: ModelNode): Iterable<string> {
  for (const name of node.inputs) if (name !== "") yield name;
  for (const graph of subgraphsOf(node)) yield* livenessOf(graph).outer;
}
