/**
 * Turns the arguments of a statement into one array, in the order of SQLite's parameter indexes.
 * The driver's own binding by name aborts the process when a parameter has none, and binds null where
 * an argument is missing.
 * @module
 */

import { type HranaValue, StatementError } from "./hrana.ts";
import type { ScannedSql } from "./scan-sql.ts";

export interface NamedArg {
  name: string;
  value: HranaValue;
}

export function bindArguments(
  params: ScannedSql["params"],
  args: HranaValue[],
  named_args: NamedArg[],
): HranaValue[] {
  if (named_args.length === 0) return byPosition(params, args);
  if (args.length > 0) {
    throw new StatementError(
      "Specifying both positional and named arguments is not supported",
      "ARGS_BOTH_POSITIONAL_AND_NAMED",
    );
  }
  return byName(params, named_args);
}

function byPosition(params: ScannedSql["params"], args: HranaValue[]): HranaValue[] {
  if (args.length !== params.length) {
    throw invalidArguments(`${params.length} are expected, ${args.length} were given`);
  }
  return args;
}

function byName(params: ScannedSql["params"], named_args: NamedArg[]): HranaValue[] {
  const values = new Array<HranaValue | undefined>(params.length);
  for (const { name, value } of named_args) {
    // A name may come without its sign, as @libsql/client sends it.
    let index = params.indexOf(name);
    for (const sign of [":", "@", "$"]) if (index < 0) index = params.indexOf(sign + name);
    if (index < 0) throw invalidArguments(`there is no parameter ${name}`);
    values[index] = value;
  }
  return Array.from(params, (param, i) => {
    if (values[i] === undefined && param !== undefined) {
      throw invalidArguments(`a value for parameter ${param ?? i + 1} is missing`);
    }
    return values[i] ?? null;
  });
}

function invalidArguments(detail: string): StatementError {
  return new StatementError(`Arguments do not match SQL parameters: ${detail}`, "ARGS_INVALID");
}
