/**
 * Operators that belong to no other file: losses, texts, Einsum, determinants.
 * @module
 */

import type { Call, Infer } from "./call.ts";
import { einsumOf } from "./einsum.ts";
import { type Inferred, shaped, STRING } from "./tensor.ts";

const einsum: Infer = (call) => {
  call.all();
  return [shaped(einsumOf(call).result)];
};

const determinant: Infer = (call) => {
  const { dims } = call.input(0);
  call.rank(dims, 2);
  if (dims.at(-1) !== dims.at(-2)) call.fail(`[${dims}] is not square`);
  return [shaped(dims.slice(0, -2))];
};

const eyeLike: Infer = (call) => {
  const { dims } = call.input(0);
  return dims.length === 2 ? [shaped(dims)] : call.fail(`[${dims}] must be a matrix`);
};

/** Of each target, or of all together. */
const loss = (call: Call): Inferred => {
  const [x, target] = [call.input(0).dims, call.input(1).dims];
  call.rank(x, 2);
  if (`${x.toSpliced(1, 1)}` !== `${target}`) call.fail(`[${target}] are no targets of [${x}]`);
  return shaped(call.text("reduction", "mean") === "none" ? target : []);
};

const nll: Infer = (call) => [loss(call)];
const softmaxLoss: Infer = (call) => [loss(call), shaped(call.input(0).dims)];

const like: Infer = (call) => [shaped(call.input(0).dims)];

/** Stopwords go: there may be fewer, though one at least. */
const stringNormalizer: Infer = (call) => {
  const { dims } = call.input(0);
  if (dims.length < 1 || dims.length > 2 || (dims.length === 2 && dims[0] !== 1)) {
    call.fail(`[${dims}] is no list of texts`);
  }
  const isExact = !call.has("stopwords");
  const bounded = dims.map((size) => Math.max(1, size));
  return [{ ...shaped(isExact ? dims : bounded), type: STRING, loose: !isExact, asks: [] }];
};

const tfIdf: Infer = (call) => {
  const { dims } = call.input(0);
  const indexes = call.ints("ngram_indexes") ?? call.fail("attribute ngram_indexes is missing");
  const features = indexes.reduce((a, b) => Math.max(a, b), -1) + 1;
  return dims.length === 1 || dims.length === 2
    ? [shaped([...dims.slice(0, -1), features])]
    : call.fail(`[${dims}] must have 1 or 2 dimensions`);
};

export const MORE = {
  Det: determinant,
  Einsum: einsum,
  EyeLike: eyeLike,
  LpNormalization: like,
  MeanVarianceNormalization: like,
  NegativeLogLikelihoodLoss: nll,
  SoftmaxCrossEntropyLoss: softmaxLoss,
  StringNormalizer: stringNormalizer,
  TfIdfVectorizer: tfIdf,
} satisfies Record<string, Infer>;
