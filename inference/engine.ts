/**
 * What runs a model. Several engines stand behind this one interface.
 * @module
 */
import type { Tensor } from "../contract/tensor.ts";

/** Runs the built-in models. */
export interface Engine {
  /**
   * Runs a model once. Names, datatypes and shapes have been checked against the catalogue.
   * @returns the outputs in the order of the model's specification
   */
  run(model: string, inputs: Tensor[]): Promise<Tensor[]>;
}
