/**
 * Passes a stream of events on as it comes, and hands over all of it when it has ended.
 * @module
 */
import { joined } from "../middleware/capped-body.ts";

/** What becomes of a stream; exactly one of them is called. */
export interface StreamEnd {
  /** It ended with `[DONE]`. @param whole null if it was larger than what is kept */
  finish(whole: Uint8Array<ArrayBuffer> | null): Promise<void>;
  /** It broke, was cancelled, or ended without `[DONE]`. */
  release(): Promise<void>;
}

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

/** The bytes of a stream, up to what is kept. */
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

  /** A stream that ends otherwise was broken off, and is not a whole response. */
  isDone(): boolean {
    return this.#end.trimEnd().endsWith("[DONE]");
  }

  whole(): Uint8Array<ArrayBuffer> | null {
    return this.#bytes > this.#bytes_max ? null : joined(this.#chunks);
  }
}
