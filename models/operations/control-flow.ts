/**
 * The operators that run graphs within a node.
 * @module
 */

import { branch } from "./branch.ts";
import type { Control } from "./control.ts";
import { loop } from "./loop.ts";
import { scan } from "./scan.ts";
import type { TensorFact } from "./tensor.ts";

export const CONTROL: Readonly<Record<string, (control: Control) => TensorFact[]>> = {
  If: branch,
  Loop: loop,
  Scan: scan,
};

/** For those who list what is counted. */
export const CONTROL_NAMES = Object.keys(CONTROL);
