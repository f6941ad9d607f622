/**
 * Operators that make each element of their result from the elements that stand beside it, with
 * broadcasting. Those that occur in arithmetic on shapes are computed, too.
 * @module
 */

import type { Infer } from "./call.ts";
import {
  BOOL,
  broadcastFrom,
  compute,
  DOUBLE,
  FLOAT,
  hold,
  type Inferred,
  INT64,
  isInteger,
  KNOWN_MAX,
  type KnownTensor,
  offset,
  shaped,
  type TensorFact,
} from "./tensor.ts";

/** @param type of the inputs; undefined: not ours to say */
type Compute = (values: number[], type: number) => number | undefined;

interface Kind {
  /** Null: any number of inputs. */
  arity: number | null;
  /** Null: nothing that carries a shape goes through it. */
  compute: Compute | null;
  /** The type of the result; by default that of the inputs. */
  as?: number;
}

const each = ({ arity, compute, as }: Kind): Infer => (call) => {
  const inputs = call.all();
  if (arity !== null && inputs.length !== arity) {
    call.fail(`it has ${inputs.length} inputs where it takes ${arity}`);
  }
  const dims = call.broadcast(inputs.map((input) => input.dims));
  return [{ dims, known: compute && evaluate(inputs, dims, compute, as) }];
};

function evaluate(
  inputs: readonly TensorFact[],
  dims: readonly number[],
  f: Compute,
  as?: number,
): KnownTensor | null {
  const known = inputs.map((input) => input.known);
  // Each element of the result is made of one of each input: so many carry no shape.
  if (known.length > KNOWN_MAX || !known.every((one) => one !== null)) return null;
  // The last input gives the type, because the first one of Where is its condition.
  const { type } = known[known.length - 1];
  const result = as ?? type;
  return compute(dims, result, (position) => {
    const values = inputs.map(({ dims }, i) =>
      known[i].values[offset(broadcastFrom(position, dims), dims)]
    );
    const value = f(values, type);
    return value === undefined ? undefined : hold(result, value);
  });
}

const unary = (f: (x: number) => number) => each({ arity: 1, compute: ([x]) => f(x) });
const binary = (f: (a: number, b: number) => number) =>
  each({ arity: 2, compute: ([a, b]) => f(a, b) });
const comparison = (f: (a: number, b: number) => boolean) =>
  each({ arity: 2, compute: ([a, b]) => Number(f(a, b)), as: BOOL });
const variadic = (f: (a: number, b: number) => number) =>
  each({ arity: null, compute: (values) => values.reduce((a, b) => f(a, b)) });
/** No shape goes through it. */
const opaque = (arity: number | null) => each({ arity, compute: null });

/** No more than the least of its inputs may be. */
const least: Infer = (call) => {
  const [one] = variadic((a, b) => Math.min(a, b))(call);
  return [{ ...one, at_most: Math.min(...call.all().slice(0, KNOWN_MAX).map((x) => x.at_most)) }];
};

/** A result as large as the first input, whatever the others are there for. */
const like: Infer = (call) => [shaped(call.input(0).dims)];

const divide: Compute = ([a, b], type) => {
  if (!isInteger(type)) return a / b;
  return b === 0 ? undefined : Math.trunc(a / b);
};

/** The sign of the divisor, unless fmod asks for that of the dividend. */
const mod: Infer = (call) => {
  const isFmod = call.int("fmod", 0) === 1;
  const compute: Compute = ([a, b]) => {
    if (b === 0) return undefined;
    return isFmod ? a % b : a - b * Math.floor(a / b);
  };
  return each({ arity: 2, compute })(call);
};

/** Half to even. */
function round(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

const clip: Infer = (call) => {
  const [x, min, max] = [call.input(0), call.optional(1), call.optional(2)];
  // Attributes before opset 11: no shape went through it then.
  const given = [x, ...[min, max].filter((bound) => bound !== null)];
  const values = ([x, ...bounds]: number[]) => {
    const least = min ? bounds[0] : -Infinity;
    const most = max ? bounds[bounds.length - 1] : Infinity;
    return Math.min(most, Math.max(least, x));
  };
  for (const bound of ["min", "max"]) if (call.has(bound)) call.float(bound);
  const at_most = Math.min(x.at_most, max?.at_most ?? Infinity);
  return [{ dims: x.dims, known: evaluate(given, x.dims, values), at_most }];
};

function cast({ dims, known }: TensorFact, type: number | undefined): Inferred[] {
  if (!known || type === undefined) return [shaped(dims)];
  const toInteger = isInteger(type);
  const values = known.values.map((value) => hold(type, toInteger ? Math.trunc(value) : value));
  const all = values.every((value) => value !== undefined);
  return [{ dims, known: all ? { type, values } : null }];
}

/** Types to which no number wraps round: there it is no larger than it was. */
const WIDE = [FLOAT, INT64, DOUBLE];

const castTo: Infer = (call) => {
  const type = call.int("to");
  const [one] = cast(call.input(0), type);
  return [WIDE.includes(type) ? { ...one, at_most: call.input(0).at_most } : one];
};

const gelu: Infer = (call) => {
  call.text("approximate", "none");
  return like(call);
};

export const ELEMENTWISE = {
  Abs: unary(Math.abs),
  Acos: opaque(1),
  Acosh: opaque(1),
  Add: binary((a, b) => a + b),
  And: comparison((a, b) => a !== 0 && b !== 0),
  Asin: opaque(1),
  Asinh: opaque(1),
  Atan: opaque(1),
  Atanh: opaque(1),
  BitShift: opaque(2),
  BitwiseAnd: opaque(2),
  BitwiseNot: opaque(1),
  BitwiseOr: opaque(2),
  BitwiseXor: opaque(2),
  Cast: castTo,
  CastLike: (call) => cast(call.input(0), call.input(1).type || undefined),
  Ceil: unary(Math.ceil),
  Celu: opaque(1),
  Clip: clip,
  Cos: opaque(1),
  Cosh: opaque(1),
  DequantizeLinear: like,
  Div: each({ arity: 2, compute: divide }),
  Dropout: (call) =>
    call.node.outputs.map((_, i) => i === 0 ? call.input(0) : shaped(call.input(0).dims)),
  Elu: opaque(1),
  Equal: comparison((a, b) => a === b),
  Erf: opaque(1),
  Exp: opaque(1),
  Floor: unary(Math.floor),
  Gelu: gelu,
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  HardSigmoid: opaque(1),
  HardSwish: opaque(1),
  Identity: (call) => [call.input(0)],
  IsInf: opaque(1),
  IsNaN: opaque(1),
  LeakyRelu: opaque(1),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b),
  Log: opaque(1),
  Max: variadic((a, b) => Math.max(a, b)),
  Mean: opaque(null),
  Min: least,
  Mish: opaque(1),
  Mod: mod,
  Mul: binary((a, b) => a * b),
  Neg: unary((x) => -x),
  Not: each({ arity: 1, compute: ([x]) => Number(x === 0), as: BOOL }),
  Or: comparison((a, b) => a !== 0 || b !== 0),
  Pow: opaque(2),
  PRelu: opaque(2),
  QuantizeLinear: like,
  Reciprocal: opaque(1),
  Relu: unary((x) => Math.max(0, x)),
  Round: unary(round),
  Selu: opaque(1),
  Sigmoid: opaque(1),
  Shrink: opaque(1),
  Sign: unary(Math.sign),
  Sin: opaque(1),
  Sinh: opaque(1),
  Softplus: opaque(1),
  Softsign: opaque(1),
  Sqrt: unary(Math.sqrt),
  Sub: binary((a, b) => a - b),
  Sum: variadic((a, b) => a + b),
  Swish: opaque(1),
  Tan: opaque(1),
  Tanh: opaque(1),
  ThresholdedRelu: opaque(1),
  Where: each({ arity: 3, compute: ([condition, yes, no]) => condition !== 0 ? yes : no }),
  Xor: comparison((a, b) => (a !== 0) !== (b !== 0)),
} satisfies Record<string, Infer>;
