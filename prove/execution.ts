/**
 * One execution as it was exported, and its fields by their paths.
 * @module
 */
import type { ReceiptJson } from "../contract/money.ts";
import type { RecordedPlacementJson } from "../contract/recorded-placement.ts";

/** What stands in one field. */
export type Value = number | string | boolean | null;

/** A field of an execution: its part, then names and indices with slashes, `placement/sub_point/lat`. */
export type FieldPath = `receipt/${string}` | `placement/${string}`;

/** The two rows that an execution has. Never changed: with() makes another. */
export interface Execution {
  receipt: ReceiptJson;
  placement: RecordedPlacementJson;
}

/** An execution's rows with numbers as their files write them. */
export interface Written {
  receipt: unknown;
  placement: unknown;
}

/** Reads a field. @returns undefined where there is none, as an elevation's of an ask from a node */
export function valueAt(execution: Execution | Written, path: FieldPath): Value | undefined {
  // deno-lint-ignore no-explicit-any -- whatever stands there
  let at: any = execution;
  for (const name of path.split("/")) at = at?.[name];
  return at;
}

/** The same execution with one field changed. */
export function withValue(execution: Execution, path: FieldPath, value: Value): Execution {
  const [part, ...names] = path.split("/");
  const last = names.pop()!;
  const copy = { ...execution, [part]: structuredClone(execution[part as keyof Execution]) };
  // deno-lint-ignore no-explicit-any -- the path names it
  let at: any = copy[part as keyof Execution];
  for (const name of names) at = at[name];
  at[last] = value;
  return copy;
}

/** Remembers what is reckoned of an execution, for the equations that share it. */
export function ofEach<T>(reckon: (execution: Execution) => T): (execution: Execution) => T {
  const known = new WeakMap<Execution, { value: T }>();
  return (execution) => {
    let found = known.get(execution);
    if (!found) known.set(execution, found = { value: reckon(execution) });
    return found.value;
  };
}
