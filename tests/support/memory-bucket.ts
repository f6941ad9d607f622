/**
 * A bucket in memory, and what of workerd's streams an upload needs, for routes that run under plain Deno.
 * @module
 */

/** Keeps what is put whole; a stream that breaks off leaves nothing, as in R2. */
export class MemoryBucket {
  readonly #files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; uploaded: Date }>();

  /** @param at_ms when it is put, real clock */
  async put(
    key: string,
    value: ReadableStream<Uint8Array> | Uint8Array,
    at_ms: number = Date.now(),
  ) {
    const bytes = await new Response(value as BodyInit).bytes();
    this.#files.set(key, { bytes, uploaded: new Date(at_ms) });
    return { key, size: bytes.length };
  }

  get(key: string) {
    const bytes = this.#files.get(key)?.bytes;
    return Promise.resolve(
      bytes
        ? { size: bytes.length, arrayBuffer: () => Promise.resolve(bytes.slice().buffer) }
        : null,
    );
  }

  delete(keys: string[]) {
    for (const key of keys) this.#files.delete(key);
    return Promise.resolve();
  }

  list({ prefix }: { prefix: string }) {
    const objects = [...this.#files].filter(([key]) => key.startsWith(prefix))
      .map(([key, { uploaded }]) => ({ key, uploaded }));
    return Promise.resolve({ objects, truncated: false });
  }

  keys(): string[] {
    return [...this.#files.keys()].sort();
  }
}

/** As workerd has it: ends in an error unless exactly so many bytes come. */
class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(bytes: number) {
    let left = bytes;
    super({
      transform(chunk, controller) {
        left -= chunk.byteLength;
        if (left < 0) throw new TypeError("More bytes than the stream's length");
        controller.enqueue(chunk.slice());
      },
      flush() {
        if (left > 0) throw new TypeError("Fewer bytes than the stream's length");
      },
    });
  }
}

/** As workerd has it, but for its memory: it hashes at the end. */
class DigestStream extends WritableStream<Uint8Array<ArrayBuffer>> {
  readonly digest: Promise<ArrayBuffer>;

  constructor(algorithm: string) {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>();
    super({
      write: (chunk) => void chunks.push(chunk.slice()),
      close: async () =>
        resolve(await crypto.subtle.digest(algorithm, await new Blob(chunks).arrayBuffer())),
      abort: (reason) => reject(reason),
    });
    this.digest = promise;
  }
}

/** Adds them to this process. */
export function provideStreams(): void {
  Object.assign(globalThis, { FixedLengthStream, IdentityTransformStream: TransformStream });
  Object.assign(crypto, { DigestStream });
}
