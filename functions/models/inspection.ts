/**
 * Reads an upload as it arrives, and says what it is: from the file alone, nothing is run.
 * Not its job: what a model may be (models/upload).
 * @module
 */
import type { ModelFactsJson } from "../../contract/model-registry.ts";
import { ProblemError } from "../../contract/problem.ts";
import { ModelError } from "../../models/operations/model-error.ts";
import { inspecting } from "../../models/upload/inspect.ts";
import { SkeletonReader } from "../../models/upload/skeleton.ts";
import { factsToWire } from "./wire.ts";
import type { PieceReader } from "./receive.ts";
import { packSkeleton } from "./skeleton-file.ts";
import { othersServed, spaced } from "./spaced-work.ts";

/** A file that is taken. */
export interface Inspected {
  /** What lies beside the file (skeleton-file.ts). */
  packed: Uint8Array<ArrayBuffer>;
  facts: ModelFactsJson;
}

// Facts stand in the ledger's row and in lists of hundreds of versions: names and shapes without end would
// fill an isolate.
const FACTS_CHARS_MAX = 32_768;

const SLICE_BYTES = 8_192;
// Some 25 ms.
const STEP_FIELDS = 150_000;

/** One upload's file. What it throws is ProblemError `model_invalid`, with the reason. */
export class Inspection implements PieceReader<() => Promise<Inspected>> {
  readonly #bytes: number;
  readonly #reader = new SkeletonReader();
  /** Fields that were read when others were served last. */
  #fields = 0;

  /** @param bytes of the file */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** A piece of weights is one field; what is all fields is read in slices, between which others are served. */
  async write(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; at += SLICE_BYTES) {
      const slice = piece.subarray(at, at + SLICE_BYTES);
      spaced(() => said(() => this.#reader.push(slice)));
      if (this.#reader.fields - this.#fields < STEP_FIELDS) continue;
      this.#fields = this.#reader.fields;
      await othersServed();
    }
  }

  /** @returns inspects the file, once it is known that this is needed */
  end(): () => Promise<Inspected> {
    const skeleton = said(() => this.#reader.finish());
    return async () => {
      const { facts: found } = await inspected(skeleton, this.#bytes);
      const facts = factsToWire(found, this.#bytes);
      if (JSON.stringify(facts).length > FACTS_CHARS_MAX) {
        throw refused("The names and shapes of its inputs and outputs are too long");
      }
      return { packed: packSkeleton(found, skeleton), facts };
    };
  }
}

/** Others are served between its steps. */
async function inspected(skeleton: Uint8Array, file_bytes: number) {
  const steps = inspecting(skeleton, file_bytes);
  for (;;) {
    await othersServed();
    const { done, value } = spaced(() => said(() => steps.next()));
    if (done) return value;
  }
}

/** What is wrong with the file, as a problem; anything else is a bug. */
function said<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ModelError) throw refused(error.message);
    throw error;
  }
}

const refused = (reason: string): ProblemError => new ProblemError("model_invalid", reason);
