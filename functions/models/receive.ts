/**
 * Brings the body of an upload into the bucket as it arrives, and reads it meanwhile: its SHA-256, and the
 * graph without its weights. The last piece is held back until the file is checked, and without it the
 * bucket keeps nothing: what is refused, cut off or killed before is not there.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { withDeadline } from "../../contract/deadline.ts";
import { unavailable } from "../backends/unavailable.ts";
import { cappedChunks } from "../middleware/capped-body.ts";
import type { Services } from "../services.ts";

/** Reads a file in pieces. What it throws ends the upload. */
export interface PieceReader<Read> {
  /** @param piece is valid only until this returns, or resolves */
  write(piece: Uint8Array): void | Promise<void>;
  end(): Read;
}

interface Upload<Read, Checked> {
  request: Pick<Request, "headers" | "body">;
  /** The key in the bucket. */
  object: string;
  /** What Content-Length tells, at least 1. */
  bytes: number;
  reader: PieceReader<Read>;
  /**
   * Decides, with the whole file read and not yet kept.
   * @returns null if it need not be kept; then, and if it throws, the bucket keeps nothing
   */
  check(read: Read, sha256: string): Promise<Checked | null>;
}

// A bucket that hangs must not hold an upload, and its slot, for ever: for each piece, and for what it does
// after the last one.
const BUCKET_MS_MAX = 30_000;
// An upload's memory is bounded by its slot (upload-slots.ts), not by the room for bodies that are kept.
const NO_ROOM = { enter: () => Promise.resolve(), leave() {} };

/**
 * Receives a body.
 * @returns what `check` has decided; unless that is null, the file is in the bucket then
 * @throws what the reader and `check` throw, what cappedChunks() throws, and ProblemError
 *   `models_unavailable` if the bucket does not take it
 */
export async function receive<Read, Checked>(
  services: Pick<Services, "env" | "log">,
  { request, object, bytes, reader, check }: Upload<Read, Checked>,
): Promise<Checked | null> {
  const kept = new KeptFile(services, object, bytes);
  const digest = new crypto.DigestStream("SHA-256");
  digest.digest.catch(() => {});
  const hash = digest.getWriter();
  try {
    let received = 0;
    let last: Uint8Array = new Uint8Array();
    for await (const piece of cappedChunks(request, bytes, NO_ROOM)) {
      await reader.write(piece);
      await hash.write(piece);
      received += piece.byteLength;
      if (received < bytes) await kept.write(piece);
      else last = piece.slice();
    }
    if (received < bytes) throw new ProblemError("body_unreadable", "The body ended too early");
    await hash.close();
    const checked = await check(reader.end(), new Uint8Array(await digest.digest).toHex());
    if (checked === null) kept.abort();
    else await kept.end(last);
    return checked;
  } catch (error) {
    kept.abort();
    hash.abort().catch(() => {});
    throw error;
  }
}

/** A file on its way into the bucket, which takes it whole or not at all. */
class KeptFile {
  readonly #bytes: number;
  readonly #pipe: WritableStreamDefaultWriter<ArrayBuffer | ArrayBufferView>;
  readonly #stored: Promise<R2Object | null>;
  #aborted = false;

  constructor({ env, log }: Pick<Services, "env" | "log">, object: string, bytes: number) {
    const { readable, writable } = new FixedLengthStream(bytes);
    this.#bytes = bytes;
    this.#pipe = writable.getWriter();
    this.#pipe.closed.catch(() => {});
    this.#stored = env.MODELS.put(object, readable).catch((error) => {
      if (!this.#aborted) log.warn("The bucket of models did not take a file", { error });
      throw unavailable("models");
    });
    // Whoever writes next hears of it; if nobody does, it does not matter.
    this.#stored.catch(() => {});
  }

  /** Resolves once the bucket has taken the piece, so that it may be overwritten. */
  async write(piece: Uint8Array): Promise<void> {
    await this.#heard(this.#pipe.write(piece));
  }

  async end(last: Uint8Array): Promise<void> {
    await this.write(last);
    await this.#heard(this.#pipe.close());
    const stored = await withDeadline(BUCKET_MS_MAX, this.#stored).catch(() => null);
    if (stored?.size !== this.#bytes) throw unavailable("models");
  }

  abort(): void {
    this.#aborted = true;
    this.#pipe.abort().catch(() => {});
  }

  /** A pipe that breaks does so because of the bucket: then its reason counts. */
  async #heard(sent: Promise<void>): Promise<void> {
    await withDeadline(BUCKET_MS_MAX, Promise.race([sent, this.#stored])).catch(() => {
      throw unavailable("models");
    });
  }
}
