/**
 * Operators of ONNX that are refused, and why; what the engine has and the rule counts is in
 * models/operations/rule.ts. Listed in docs/reference/operators.md.
 * @module
 */

import { ModelError, quoted } from "../operations/model-error.ts";

const SEQUENCE = "it makes or takes a sequence, and only tensors are counted";
const OPTIONAL = "it makes or takes an optional, and only tensors are counted";
const TRAINING = "it trains, and the engine only infers";
const TEXT = "the length of the texts that it makes has no bound";

/** By name, as `domain.Name` where the operator is not ONNX's own. */
export const REFUSED: Readonly<Record<string, string>> = {
  ConcatFromSequence: SEQUENCE,
  ImageDecoder: "the engine has no decoders: send pixels",
  Optional: OPTIONAL,
  OptionalGetElement: OPTIONAL,
  OptionalHasElement: OPTIONAL,
  RegexFullMatch: "how long a match takes has no bound that follows from shapes",
  SequenceAt: SEQUENCE,
  SequenceConstruct: SEQUENCE,
  SequenceEmpty: SEQUENCE,
  SequenceErase: SEQUENCE,
  SequenceInsert: SEQUENCE,
  SequenceLength: SEQUENCE,
  SequenceMap: SEQUENCE,
  SplitToSequence: SEQUENCE,
  StringConcat: TEXT,
  StringSplit: TEXT,
  "ai.onnx.preview.training.Adagrad": TRAINING,
  "ai.onnx.preview.training.Adam": TRAINING,
  "ai.onnx.preview.training.Gradient": TRAINING,
  "ai.onnx.preview.training.Momentum": TRAINING,
};

/** @throws ModelError that names the first operator which is refused, with its reason */
export function checkRefused(types: Iterable<string>): void {
  for (const type of types) {
    if (Object.hasOwn(REFUSED, type)) {
      throw new ModelError(`Operator ${quoted(type)} is refused: ${REFUSED[type]}`);
    }
  }
}
