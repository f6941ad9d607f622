/**
 * The ledger file in a thread of its own, so that requests are read and answered while a transaction
 * waits for the disk. In one thread, large bodies came in between two transactions only, a socket's
 * buffer at a time: a sixth of the throughput (benches/drain.ts).
 * @module
 */

import { ProtocolError } from "./hrana.ts";

/** Bytes that can be handed to another thread. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** To the thread, which answers one after the other, in their order. */
export type Command = { open: string } | { pipeline: Bytes } | { close: true };

/** From the thread: `answer` is JSON in UTF-8, empty to `open` and `close`. */
export type Reply =
  | { answer: Bytes }
  | { wrong: { message: string; code: string } }
  | { failed: { message: string; stack?: string } };

type Waiter = Pick<PromiseWithResolvers<Bytes>, "resolve" | "reject">;

export class LedgerThread {
  readonly #worker = new Worker(new URL("./ledger-script.ts", import.meta.url), { type: "module" });
  readonly #waiters: Waiter[] = [];
  /** Why nothing can be sent any more. */
  #ended: string | null = null;

  private constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) =>
      settle(this.#waiters.shift()!, data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(`The ledger's thread has ended: ${event.message}`);
    };
  }

  /** Rejects if the file is no database that can be opened. */
  static async open(path: string): Promise<LedgerThread> {
    const thread = new LedgerThread();
    try {
      await thread.#send({ open: path });
    } catch (error) {
      thread.#end("The ledger was not opened");
      throw error;
    }
    return thread;
  }

  /**
   * Runs the pipeline that a body holds.
   * @param body is handed over: nobody may read it afterwards
   * @returns the answer, JSON in UTF-8. Rejects with a ProtocolError if the body breaks the protocol.
   */
  run(body: Bytes): Promise<Bytes> {
    return this.#send({ pipeline: body }, [body.buffer]);
  }

  /** Closes the file after what was sent before, and ends the thread. */
  async close(): Promise<void> {
    const why = "The ledger is closed";
    try {
      const closing = this.#send({ close: true });
      this.#ended ??= why;
      await closing;
    } finally {
      this.#end(why);
    }
  }

  #send(command: Command, handedOver: Transferable[] = []): Promise<Bytes> {
    if (this.#ended !== null) return Promise.reject(new Error(this.#ended));
    this.#worker.postMessage(command, handedOver);
    const { promise, ...waiter } = Promise.withResolvers<Bytes>();
    this.#waiters.push(waiter);
    return promise;
  }

  #end(why: string): void {
    this.#ended = why;
    this.#worker.terminate();
    for (const { reject } of this.#waiters.splice(0)) reject(new Error(why));
  }
}

function settle({ resolve, reject }: Waiter, reply: Reply): void {
  if ("answer" in reply) resolve(reply.answer);
  else if ("failed" in reply) reject(Object.assign(new Error(), reply.failed));
  else reject(new ProtocolError(reply.wrong.message, reply.wrong.code));
}
