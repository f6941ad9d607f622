/**
 * What a built-in model takes and gives, with its free dimensions named: the one description from
 * which both the catalogue (shapes with -1) and the ONNX file (symbolic dimensions) are made.
 * Not its job: the nodes of the graph (see graph/).
 * @module
 */

import type { Datatype } from "../contract/tensor.ts";
import type { Term } from "./operations/operation-count.ts";

/** A size, or the name of a size that the caller chooses. */
export type Dim = number | string;

export interface TensorOutline {
  name: string;
  datatype: Datatype;
  dims: readonly Dim[];
}

/** A bound on the product of some free dimensions. */
export interface Limit {
  /** Names of free dimensions; their sizes are multiplied. */
  of: readonly string[];
  min: number;
  max: number;
  /** The failure that this bound prevents. */
  prevents: string;
}

export interface Outline {
  name: string;
  version: string;
  title: string;
  description: string;
  inputs: readonly TensorOutline[];
  outputs: readonly TensorOutline[];
  /**
   * The free dimension, first of every input and output, along which the model treats each element by
   * itself, so that asks of several callers may be joined into one run; null where there is none.
   */
  batch: string | null;
  /**
   * A free dimension of every input and output along which the model treats each element by itself, so that
   * a large run may be cut into pieces; null where there is none.
   */
  tile: string | null;
  limits: readonly Limit[];
}

/** Part of a model's cost, with everything but the free dimensions gone into its count. */
export interface CostTerm extends Term<string> {
  of: readonly string[];
  log2?: string;
}
