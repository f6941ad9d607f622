/**
 * The operators whose operations are counted, and how each gets its shape. One that rule.ts counts
 * and this table lacks, or the other way round, does not compile.
 * @module
 */

import { ARRANGEMENTS } from "./arrangements.ts";
import type { Infer } from "./call.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { INDEXING } from "./indexing.ts";
import { MAKING } from "./constants.ts";
import { MATRICES } from "./matrices.ts";
import { MORE } from "./more-operators.ts";
import { QUANTIZED } from "./quantized.ts";
import { RECURRENT } from "./recurrent.ts";
import { REDUCTIONS } from "./reductions.ts";
import { RESIZING } from "./resizing.ts";
import type { OperatorName } from "./rule.ts";
import { SAMPLING } from "./sampling.ts";
import { SELECTING } from "./selecting.ts";
import { SIGNALS } from "./signals.ts";
import { WINDOWS } from "./windows.ts";

const TABLE = {
  ...ARRANGEMENTS,
  ...ELEMENTWISE,
  ...INDEXING,
  ...MAKING,
  ...MATRICES,
  ...MORE,
  ...QUANTIZED,
  ...RECURRENT,
  ...REDUCTIONS,
  ...RESIZING,
  ...SAMPLING,
  ...SELECTING,
  ...SIGNALS,
  ...WINDOWS,
};

export const OPERATORS: Readonly<Record<OperatorName, Infer>> = TABLE satisfies Record<
  OperatorName,
  Infer
>;
