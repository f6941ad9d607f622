/**
 * The ledger file in a thread of its own, so that requests are read and answered while a transaction
 * waits for the disk. In one thread, large bodies came in between two transactions only, a socket's
 * buffer at a time: a sixth of the throughput (benches/drain.ts).
 * @module
 */

import { ProtocolError } from "./hrana.ts";

/** To the thread. Answered in the order in which they were sent. */
export type Command =
  & { number: number }
  & (
    | { open: string }
    | { pipeline: Uint8Array<ArrayBuffer> }
    | { close: true }
  );

/** From the thread: `answer` is JSON in UTF-8, empty to `open` and `close`. */
export type Reply =
  & { number: number }
  & (
    | { answer: Uint8Array<ArrayBuffer> }
    | { wrong: { message: string; code: string } }
    | { failed: string }
  );

type Waiter = Pick<PromiseWithResolvers<Uint8Array<ArrayBuffer>>, "resolve" | "reject">;
type WithoutNumber<T> = T extends unknown ? Omit<T, "number"> : never;

export class LedgerThread {
  readonly #worker = new Worker(new URL("./ledger-script.ts", import.meta.url), { type: "module" });
  readonly #waiters = new Map<number, Waiter>();
  #sent = 0;
  /** Why nothing can be sent any more. */
  #ended: string | null = null;

  private constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#settle(data);
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
  run(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return this.#send({ pipeline: body }, [body.buffer]);
  }

  /** Closes the file after what was sent before, and ends the thread. */
  async close(): Promise<void> {
    try {
      await this.#send({ close: true });
    } finally {
      this.#end("The ledger is closed");
    }
  }

  #send(command: WithoutNumber<Command>, handedOver: Transferable[] = []): Promise<
    Uint8Array<ArrayBuffer>
  > {
    if (this.#ended !== null) return Promise.reject(new Error(this.#ended));
    const number = this.#sent++;
    const { promise, ...waiter } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    this.#waiters.set(number, waiter);
    this.#worker.postMessage({ ...command, number }, handedOver);
    return promise;
  }

  #settle(reply: Reply): void {
    const waiter = this.#waiters.get(reply.number);
    this.#waiters.delete(reply.number);
    if ("answer" in reply) waiter?.resolve(reply.answer);
    else if ("failed" in reply) waiter?.reject(new Error(reply.failed));
    else waiter?.reject(new ProtocolError(reply.wrong.message, reply.wrong.code));
  }

  #end(why: string): void {
    this.#ended = why;
    this.#worker.terminate();
    for (const { reject } of this.#waiters.values()) reject(new Error(why));
    this.#waiters.clear();
  }
}
