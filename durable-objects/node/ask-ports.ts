/**
 * What asks need of their node's object, of tensors and of language models alike.
 * @module
 */
import type { HeldNode } from "./held-node.ts";
import type { Receipts } from "./receipts.ts";

/**
 * If the node changes hands while an ask waits, the ask is tried again under the new holder, this
 * often.
 */
export const TRIES_MAX = 3;

/** The object, as its asks use it. */
export interface AskPorts {
  env: Env;
  node: HeldNode;
  receipts: Receipts;
  /** Lets work go on behind the answer. */
  after(work: Promise<unknown>): void;
}
