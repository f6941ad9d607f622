/**
 * Which names a graph sees, and what holds for all graphs of one count.
 * @module
 */

import type { Attribute, Model } from "./model-file.ts";
import type { TensorFact } from "./tensor.ts";

/** What holds for all graphs of one count. */
export interface Walking {
  readonly model: Model;
  /** The longest text that an input may hold. */
  readonly text_bytes: number;
  /** Nodes that may still be visited: loops within loops must end. */
  readonly budget: { visits: number };
  /** Inputs that decided about something. */
  readonly deciding: Set<string>;
}

/** Names of a graph, within those of the graph around it. */
export class Scope {
  readonly tensors = new Map<string, TensorFact>();
  /** Attributes of the function that the graph is in. */
  readonly attributes: Readonly<Record<string, Attribute | null>>;
  readonly opset: number;
  readonly depth: number;
  readonly #outer: Scope | null;

  constructor(
    { outer, attributes, opset, depth }: {
      outer: Scope | null;
      attributes?: Readonly<Record<string, Attribute | null>>;
      opset: number;
      depth: number;
    },
  ) {
    this.#outer = outer;
    this.attributes = attributes ?? outer?.attributes ?? {};
    this.opset = opset;
    this.depth = depth;
  }

  find(name: string): TensorFact | undefined {
    return this.tensors.get(name) ?? this.#outer?.find(name);
  }

  within(): Scope {
    return new Scope({ outer: this, opset: this.opset, depth: this.depth + 1 });
  }
}
