/**
 * What a built-in model takes and gives, with its free dimensions named: the one description from
 * which both the catalogue (shapes with -1) and the ONNX file (symbolic dimensions) are made.
 * Not its job: the nodes of the graph (see graph/).
 * @module
 */

import type { Datatype } from "../contract/tensor.ts";

/** A size, or the name of a size that the caller chooses. */
export type Dim = number | string;

export interface Port {
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
  inputs: readonly Port[];
  outputs: readonly Port[];
  limits: readonly Limit[];
}

/** Part of a model's cost: `count` operations for each element of the dimensions in `of`. */
export interface Cost {
  count: number;
  of: readonly string[];
  /** Times ceil(log2) of this dimension: comparisons of a sort. */
  log2?: string;
}
