/**
 * What an isolate and a node's object say to each other of an ask of a language model: the arguments and
 * the answer of OrbitalNode.thinkUpstream(), and the lines of its stream.
 * @module
 */
import type { UpstreamFault, UpstreamRequest } from "../../../inference/upstream/upstream.ts";
import type { Execution } from "../../../ledger/execution.ts";
import type { TokenPrices, TokenUse } from "../../../mesh/billing/tokens.ts";
import type { Refusal } from "../../../mesh/node/admit.ts";
import type { Digest } from "../../../mesh/node/digest.ts";
import type { Region } from "../../../mesh/region.ts";

/** What goes to the engine. The body is text, as an RPC would copy an object field by field. */
export interface UpstreamAsk extends Omit<UpstreamRequest, "body"> {
  body: string;
  /** What has been reserved: neither billed nor sent is more than this. */
  reserved: TokenUse;
  /** What the prompt is taken for if the engine does not say. */
  prompt_tokens_guess: number;
  /** As it was reserved by: the settings of a node's object may be of another deployment. */
  prices: TokenPrices;
  operations_per_token: number;
}

/** Why an engine gave nothing, or not all. */
export interface UpstreamFailed {
  fault: UpstreamFault;
  /** A sentence for the caller. */
  message: string;
  /** Infinity: no repetition mends it. */
  retry_after_ms?: number;
}

/** What became of the ask. */
export type UpstreamResult =
  /** The engine's answer, and the run as it is billed. */
  | { ok: true; body: string; execution: Execution; digest: Digest }
  /**
   * The first chunk is there. `execution` is the run as it would be if all that is reserved were used; what
   * it came to is told by settleUpstream(), which must be called.
   */
  | {
    ok: true;
    lines: ReadableStream<Uint8Array>;
    execution: Execution;
    digest: Digest;
  }
  | { ok: false; refusal: Refusal; digest: Digest | null }
  /** No other node would do better; nothing was billed. */
  | { ok: false; failed: UpstreamFailed; digest: Digest }
  | { ok: false; moved: Region };

/** A line of the stream, as JSON: a chunk, or how the engine's stream ended. */
export type UpstreamLine =
  | { chunk: { [name: string]: unknown } }
  | {
    /** What the engine says of its usage; null: nothing. */
    usage: { [name: string]: unknown } | null;
    /** Whether the engine wrote more than was reserved, and its answer was cut there. */
    cut: boolean;
    /** Why the stream broke; missing: it came to its end. */
    failed?: UpstreamFailed;
  };
