/**
 * An equation: what one field of an execution must be, by others and by what is known of the mesh.
 * @module
 */
import type { Execution, FieldPath, Value } from "./execution.ts";

/** What an equation says of an execution. */
export type Verdict =
  /** Reckoned anew, it is the same to the last bit. */
  | { is: "exact" }
  /** Reckoned anew, it is the same but for rounding, by the tolerance that docs/how-to/prove.md states. */
  | { is: "near" }
  /** It lies where it must; what it is within that follows from nothing that is exported. */
  | { is: "bounded" }
  /** Nothing that is exported tells it. */
  | { is: "open" }
  | {
    is: "wrong";
    /** What it must be; null where no value would do, as of a node that does not exist. */
    expected: Value;
    /** In words, where the value does not speak for itself. */
    says?: string;
    /** Other fields by which the equation would hold as well. */
    repairs?: readonly { path: FieldPath; value: Value }[];
  };

/** What one field must be. */
export interface Equation {
  /** The field. */
  proves: FieldPath;
  /** The fields that it must agree with, itself included; one of them is wrong where it does not hold. */
  reads(execution: Execution): readonly FieldPath[];
  check(execution: Execution): Verdict;
}

/** Says whether a value is what was reckoned. */
export const equal = (found: Value, expected: Value): Verdict =>
  Object.is(found, expected) || found === expected ? { is: "exact" } : { is: "wrong", expected };

/** Says whether a number is what was reckoned, to the last bit or within a tolerance. */
export function close(found: number, expected: number, tolerance: number): Verdict {
  if (found === expected) return { is: "exact" };
  return Math.abs(found - expected) <= tolerance ? { is: "near" } : { is: "wrong", expected };
}
