/**
 * What If, Loop and Scan have in common: graphs that run within a node, and facts that hold for all runs.
 * @module
 */

import type { Call } from "./call.ts";
import type { ModelGraph } from "./model-file.ts";
import type { Scope, Walking } from "./scope.ts";
import { isGraph } from "./subgraphs.ts";
import type { Tally } from "./tally.ts";
import { byteSize, type Dims, type TensorFact } from "./tensor.ts";

/** One node that runs graphs of its own. */
export interface Control {
  walking: Walking;
  /** Walks over a graph whose inputs are in the scope. */
  walk(
    walking: Walking,
    graph: ModelGraph,
    scope: Scope,
  ): { tally: Tally; outputs: TensorFact[] };
  call: Call;
  scope: Scope;
  tally: Tally;
}

// Beyond so many, what differs from one iteration to the next is not followed: its bounds are.
export const FOLLOWED_MAX = 64;

// What holds of the states in every iteration is found in a few steps, or not at all.
const WIDENINGS_MAX = 6;

export function bodyOf(call: Call, attribute: string): ModelGraph {
  const graph = call.node.attributes[attribute];
  return isGraph(graph) ? graph : call.fail(`attribute ${attribute} must be a graph`);
}

/** The one element of a condition or trip count; null where it is not known. */
export function scalarOf({ walking, call }: Control, index: number): number | null {
  const fact = call.optional(index);
  if (!fact) return null;
  if (fact.known?.values.length === 1) return fact.known.values[0];
  for (const name of fact.asks) walking.deciding.add(name);
  return null;
}

/** What holds of both. */
export function eitherOf(a: TensorFact, b: TensorFact, call: Call): TensorFact {
  const same = sameDims(a.dims, b.dims);
  if (a.dims.length !== b.dims.length) {
    call.fail(
      `its results may be [${a.dims}] or [${b.dims}]: they must have the same number of dimensions`,
    );
  }
  const isKnown = same && a.known && b.known &&
    a.known.values.every((value, i) => value === b.known!.values[i]);
  return {
    dims: a.dims.map((size, axis) => Math.max(size, b.dims[axis])),
    known: isKnown ? a.known : null,
    type: a.type || b.type,
    loose: a.loose || b.loose || !same,
    at_most: Math.max(a.at_most, b.at_most),
    asks: [],
  };
}

const sameDims = (a: Dims, b: Dims): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** One run of a body: its inputs are facts in the order of its graph. */
export function iterate(
  { walking, walk, call, scope }: Control,
  body: ModelGraph,
  inputs: readonly TensorFact[],
): { tally: Tally; outputs: TensorFact[] } {
  if (body.inputs.length !== inputs.length) {
    call.fail(`its body takes ${body.inputs.length} inputs, and is given ${inputs.length}`);
  }
  const inner = scope.within();
  body.inputs.forEach(({ name }, i) => inner.tensors.set(name, inputs[i]));
  return walk(walking, body, inner);
}

/** Finds shapes of the states that hold before and after every iteration. */
export function settle<T extends { states: TensorFact[] }>(
  call: Call,
  starts: readonly TensorFact[],
  once: (states: readonly TensorFact[]) => T,
): { states: TensorFact[]; iteration: T } {
  let states = starts.map((one): TensorFact => ({ ...one, asks: [] }));
  for (let i = 0; i < WIDENINGS_MAX; i++) {
    const iteration = once(states);
    const next = states.map((one, i) => widened(one, eitherOf(one, iteration.states[i], call)));
    const isStable = next.every((one, i) =>
      sameDims(one.dims, states[i].dims) && one.loose === states[i].loose &&
      Boolean(one.known) === Boolean(states[i].known) && one.at_most === states[i].at_most
    );
    if (isStable) return { states: next, iteration };
    states = next;
  }
  return call.fail(
    `its states change their shapes with every iteration, which is followed for ${FOLLOWED_MAX} only`,
  );
}

/** A bound that grows once grows for ever. */
const widened = (before: TensorFact, after: TensorFact): TensorFact => ({
  ...after,
  at_most: after.at_most > before.at_most ? Infinity : after.at_most,
});

export const bytesOf = (facts: readonly TensorFact[], { text_bytes }: Walking): number =>
  facts.reduce((sum, fact) => sum + byteSize(fact, text_bytes), 0);
