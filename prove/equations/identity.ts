/**
 * What stands in both rows of an execution must be the same.
 * @module
 */
import type { Equation } from "../equation.ts";
import type { FieldPath } from "../execution.ts";

/** Makes the equations. */
export const identityEquations = (): Equation[] => [
  ...(["node", "region", "model", "class"] as const).map(sameInBoth),
  {
    proves: "placement/path/-1",
    reads: ({ placement: { path } }) => ["placement/node", `placement/path/${path.length - 1}`],
    check({ placement: { node, path } }) {
      const last: FieldPath = `placement/path/${path.length - 1}`;
      if (path.at(-1) === node) return { is: "exact" };
      return { is: "wrong", expected: node, repairs: [{ path: last, value: node }] };
    },
  },
];

function sameInBoth(name: "node" | "region" | "model" | "class"): Equation {
  const proves: FieldPath = `placement/${name}`;
  const other: FieldPath = `receipt/${name}`;
  return {
    proves,
    reads: () => [proves, other],
    check({ receipt, placement }) {
      if (receipt[name] === placement[name]) return { is: "exact" };
      const repairs = [{ path: other, value: placement[name] }];
      return { is: "wrong", expected: receipt[name], repairs };
    },
  };
}
