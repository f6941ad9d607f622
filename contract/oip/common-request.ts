/**
 * Checks the inference requests that most clients send, by hand: in workerd, which compiles no code from text,
 * the schema takes as long as placing the ask. What is not plainly right is left to the schema, which
 * says what is wrong with it; a test holds that the two agree.
 * @module
 */
import type { InferRequest } from "../oip.ts";
import { OBJECTIVES } from "../../mesh/placement/objective.ts";
import { DATATYPES } from "../tensor.ts";

type Fields = Record<string, unknown>;
type Check = (value: unknown) => boolean;

const isText = (chars_max: number): Check => (value) =>
  typeof value === "string" && value.length <= chars_max;
const isWithin = (min: number, max: number): Check => (value) =>
  typeof value === "number" && value >= min && value <= max;
const isWhole = (max: number): Check => (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;
const isOneOf = (names: readonly string[]): Check => {
  const known = new Set<unknown>(names);
  return (value) => known.has(value);
};
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isAbsent: Check = (value) => value === undefined || value === null;

const isName = isText(256);
const isSize = isWhole(2 ** 31);
const isDatatype = isOneOf(DATATYPES);
const isBinarySize = isWhole(Number.MAX_SAFE_INTEGER);

const PARAMETERS: Readonly<Record<string, Check>> = {
  origin_lat: isWithin(-90, 90),
  origin_lon: isWithin(-180, 180),
  origin_node: isText(64),
  origin_alt_m: isWithin(-5_000, 50_000),
  deadline_ms: isWithin(Number.MIN_VALUE, 3_600_000),
  class: isOneOf(["realtime", "interactive", "batch"]),
  policy: isText(1_000_000),
  objective: isOneOf(OBJECTIVES),
  binary_data_output: (value) => typeof value === "boolean",
};

/**
 * Takes a request that names no outputs and is right in every field.
 * @param fields the body as it was read (infer-body.ts)
 * @returns the same object; null: the schema has to look at it
 */
export function commonRequest(fields: unknown): InferRequest | null {
  if (!isFields(fields)) return null;
  for (const name in fields) {
    const value = fields[name];
    if (name === "inputs") continue;
    if (isAbsent(value) && (name === "id" || name === "parameters" || name === "outputs")) continue;
    if (name === "id" && isName(value)) continue;
    if (name === "parameters" && isParameters(value)) continue;
    return null;
  }
  const { inputs } = fields;
  if (!Array.isArray(inputs) || inputs.length > 64 || !inputs.every(isInput)) return null;
  return fields as InferRequest;
}

function isParameters(value: unknown): boolean {
  if (!isFields(value)) return false;
  for (const name in value) {
    if (Object.hasOwn(PARAMETERS, name) ? !PARAMETERS[name](value[name]) : name === "__proto__") {
      return false;
    }
  }
  return true;
}

function isInput(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { name, shape, datatype, parameters, data, ...others } = value;
  for (const _ in others) return false;
  return isName(name) && name !== "" && isDatatype(datatype) &&
    Array.isArray(shape) && shape.length <= 8 && shape.every(isSize) &&
    (data === undefined || Array.isArray(data)) &&
    (isAbsent(parameters) || isTensorParameters(parameters));
}

function isTensorParameters(value: unknown): boolean {
  if (!isFields(value)) return false;
  for (const name in value) {
    const one = value[name];
    const isTaken = name === "binary_data_size"
      ? isBinarySize(one)
      : typeof one === "string" || typeof one === "boolean" || Number.isFinite(one);
    if (!isTaken || name === "__proto__") return false;
  }
  return true;
}
