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
import { breathe } from "../middleware/capped-body.ts";
import { factsToWire } from "./wire.ts";
import type { PieceReader } from "./receive.ts";
import { packSkeleton } from "./skeleton-file.ts";

/** A file that is taken. */
export interface Inspected {
  /** What lies beside the file (skeleton-file.ts). */
  packed: Uint8Array<ArrayBuffer>;
  facts: ModelFactsJson;
}

// Facts stand in the ledger's row and in lists of hundreds of versions: names and shapes without end would
// fill an isolate.
const FACTS_CHARS_MAX = 32_768;

/** One upload's file. What it throws is ProblemError `model_invalid`, with the reason. */
export class Inspection implements PieceReader<() => Promise<Inspected>> {
  readonly #bytes: number;
  readonly #reader = new SkeletonReader();

  /** @param bytes of the file */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  write(piece: Uint8Array): void {
    said(() => this.#reader.push(piece));
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
    const { done, value } = said(() => steps.next());
    if (done) return value;
    await breathe();
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
