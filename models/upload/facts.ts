/**
 * What is known of an uploaded model from its file alone.
 * @module
 */

import type { Datatype } from "../../contract/tensor.ts";
import type { Dim, Limit } from "../outline.ts";
import type { Demand } from "./limits.ts";

/** An input or output. */
export interface PortFacts {
  name: string;
  datatype: Datatype;
  /** Free ones by name: as the file calls them, or `x.0` for the first one of input `x`. */
  dims: readonly Dim[];
}

/** What a run may take, from the smallest to the largest request. */
export interface DemandRange {
  smallest: Demand;
  /** Of a model without free dimensions, the same. */
  largest: Demand | null;
}

/** What inspectModel() found; plain data, that a ledger may keep as JSON. */
export interface ModelFacts {
  /** Version of ONNX's own operators. */
  opset: number;
  /** With those of subgraphs and functions. */
  nodes: number;
  /** By name, each once; one that is not ONNX's own has its domain before it. */
  operators: string[];
  inputs: PortFacts[];
  outputs: PortFacts[];
  /** Bytes of all constants. */
  parameter_bytes: number;
  /**
   * Inputs whose elements decide about shapes or trip counts: an ask is counted with them. Where a count
   * could not go on without one, those that would have come after it are not among them.
   */
  deciding: string[];
  /** Of the free dimensions. Necessary, not sufficient: each request is counted, too. */
  limits: Limit[];
  /** Null where it can be told for a request only, because an input decides about it. */
  demand: DemandRange | null;
}
