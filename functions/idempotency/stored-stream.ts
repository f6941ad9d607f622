/**
 * Passes a stream of events on as it comes, and hands the whole stream over when it has ended.
 * @module
 */
import { joined } from "../middleware/capped-body.ts";

/** What is told of a stream's end: exactly one of the two, once. */
export interface StreamEnd {
  /**
   * The stream ended with `[DONE]`.
   * @param whole null if it was larger than `bytes_max`
   */
  finish(whole: Uint8Array<ArrayBuffer> | null): Promise<void>;
  /** The stream broke, was cancelled, or ended without `[DONE]`. */
  release(): Promise<void>;
}

/**
 * Makes a stream that passes another one on and collects it.
 * @param bytes_max a larger stream passes on, and is not collected
 */
export function collecting(
  stream: ReadableStream<Uint8Array>,
  bytes_max: number,
  end: StreamEnd,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const collected = new Collected(bytes_max);
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          collected.add(value);
          return controller.enqueue(value);
        }
      } catch (error) {
        await end.release();
        return controller.error(error);
      }
      if (collected.isDone()) await end.finish(collected.whole());
      else await end.release();
      controller.close();
    },
    cancel: async (reason) => {
      await reader.cancel(reason);
      await end.release();
    },
  });
}

/** The bytes of a stream, as long as they are not more than `bytes_max`. */
class Collected {
  readonly #bytes_max: number;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #end = "";

  constructor(bytes_max: number) {
    this.#bytes_max = bytes_max;
  }

  add(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#bytes_max) this.#chunks.push(chunk.slice());
    else this.#chunks.length = 0;
    this.#end = (this.#end + new TextDecoder().decode(chunk.slice(-32))).slice(-32);
  }

  /**
   * Whether the stream has ended with `[DONE]`: one that has not was broken off, and is no whole
   * response.
   */
  isDone(): boolean {
    return this.#end.trimEnd().endsWith("[DONE]");
  }

  whole(): Uint8Array<ArrayBuffer> | null {
    return this.#bytes > this.#bytes_max ? null : joined(this.#chunks);
  }
}
