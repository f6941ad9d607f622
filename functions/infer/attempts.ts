/**
 * Asks candidates one after the other until one has run the ask, and two at once where the first is late.
 *
 * All attempts have one id. The first that may leave a receipt leaves it by its own outbox, as any run.
 * Whatever is asked while another may have run is tentative: its node keeps no receipt, and before the
 * caller hears of it, it is committed at the first one's collector, which says whose run counts. So one is
 * charged, and what the caller is told is what the ledger will hold, whoever dies and wherever.
 *
 * Knows nothing of Cloudflare, and of an ask only who could serve it: nodes, collector and timer are ports.
 * Not its job: when an attempt is late, and how many may be hedged (hedging.ts).
 * @module
 */
import type { Execution } from "../../ledger/execution.ts";

/** What became of one attempt: it ran, it did not, or its node did not answer and may have run it. */
export type Reply<R> =
  | {
    ran: R;
    /** Its receipt; null: the run gave nothing and is not billed. */
    execution: Execution | null;
  }
  | "refused"
  | "silent";

/** How an attempt is made. */
export interface Attempt {
  /** How many nodes have been asked, this one included. */
  number: number;
  /** Whether another node may run it too. */
  tentative: boolean;
}

/** What attempts need of the outside. */
export interface AttemptPorts<C, R> {
  /** Asks a node; notes what a refusal says. Never rejects. */
  send(candidate: C, attempt: Attempt): Promise<Reply<R>>;
  /** After how many real ms without an answer the candidate is late; null: it is waited for. */
  lateAfter(candidate: C): number | null;
  /** Whether one more ask may be hedged now; counts it if so. */
  mayHedge(): boolean;
  /** Settles with `promise`, or with null after so many ms. */
  within<T>(ms: number, promise: Promise<T>): Promise<T | null>;
  /**
   * Has a run committed at the collector of the first candidate, which is sent nowhere else from now on.
   * Never rejects.
   * @returns the execution that counts; null: nobody can tell; or that it is surely not committed
   */
  commit(first: C, execution: Execution): Promise<Execution | null | "not_committed">;
  /** Tells a candidate that somebody else has answered. Waits for nothing. */
  withdraw(candidate: C): void;
}

/** What all attempts came to. */
export type Outcome<R> =
  /** One ran. `counts` is charged for it; null: it is not billed. */
  | { ran: R; counts: Execution | null; unsure: boolean }
  /** Nobody ran it as far as is known; `unsure`: somebody may have, and be charged. */
  | { ran: null; unsure: boolean };

/** A candidate that was asked, and how. */
interface Sent<C, R> {
  candidate: C;
  tentative: boolean;
  reply: Promise<Reply<R>>;
}

/** The attempts for one ask. */
export class Attempts<C, R> {
  readonly #ports: AttemptPorts<C, R>;
  readonly #is_known: boolean;
  /** Who may have run the ask, and left a receipt, without having answered. */
  #first: C | null = null;
  /** A commit got no word, so it may have been done: no run is told of without another word. */
  #in_doubt = false;
  #is_hedged = false;
  /** A run could not be told of: its inputs may be gone, so nobody else is asked. */
  #is_over = false;
  #number = 0;

  /**
   * @param is_known whether the ask may have run before under this id: then even a first run is
   *   committed, if that can be done
   */
  constructor(ports: AttemptPorts<C, R>, is_known = false) {
    this.#ports = ports;
    this.#is_known = is_known;
  }

  /**
   * Makes them, once.
   * @param candidates best first
   */
  async make(candidates: readonly C[]): Promise<Outcome<R>> {
    for (let i = 0; i < candidates.length && !this.#is_over; i++) {
      const sent = this.#send(candidates[i]);
      const rival = candidates.at(i + 1);
      let reply: Reply<R> | null;
      if (rival === undefined || this.#is_hedged) reply = await sent.reply;
      else reply = await this.#inTime(sent);
      if (reply === null) i++;
      const outcome = reply === null
        ? await this.#hedged(sent, rival!)
        : await this.#concluded(sent, reply);
      if (outcome) return outcome;
    }
    return { ran: null, unsure: this.#first !== null || this.#in_doubt };
  }

  #send(candidate: C): Sent<C, R> {
    const tentative = this.#first !== null;
    const reply = this.#ports.send(candidate, { number: ++this.#number, tentative });
    return { candidate, tentative, reply };
  }

  /** Waits for a reply; null: it is late, and is to be hedged. */
  async #inTime({ candidate, reply }: Sent<C, R>): Promise<Reply<R> | null> {
    const { lateAfter, mayHedge, within } = this.#ports;
    const late_ms = lateAfter(candidate);
    if (late_ms === null) return await reply;
    return await within(late_ms, reply) ?? (mayHedge() ? null : await reply);
  }

  /** Asks a second candidate beside one that is late; who has run it first ends it. */
  async #hedged(late: Sent<C, R>, candidate: C): Promise<Outcome<R> | null> {
    this.#is_hedged = true;
    this.#first ??= late.candidate;
    const rival = this.#send(candidate);
    const waiting = new Map(
      [late, rival].map((sent) => [sent, sent.reply.then((reply) => ({ sent, reply }))]),
    );
    while (waiting.size > 0) {
      const { sent, reply } = await Promise.race(waiting.values());
      waiting.delete(sent);
      const outcome = await this.#concluded(sent, reply);
      if (!outcome) continue;
      for (const { candidate } of waiting.keys()) this.#ports.withdraw(candidate);
      return outcome;
    }
    return null;
  }

  /** What is told of a reply; null: it did not run, or nothing can be told of it. */
  async #concluded(sent: Sent<C, R>, reply: Reply<R>): Promise<Outcome<R> | null> {
    const { candidate, tentative } = sent;
    if (reply === "silent") {
      // A tentative run that nobody commits is not charged.
      if (!tentative) this.#first = candidate;
      return null;
    }
    // It has said what it did, and so is no longer who may have run it unheard.
    if (this.#first === candidate) this.#first = null;
    if (reply === "refused") return null;
    const { ran, execution } = reply;
    const unsure = this.#first !== null;
    if (execution === null) return { ran, counts: null, unsure };
    const must = tentative || this.#in_doubt;
    if (!must && !this.#is_known) return { ran, counts: execution, unsure };
    const counts = await this.#ports.commit(this.#first ?? candidate, execution);
    if (counts && counts !== "not_committed") return { ran, counts, unsure };
    // Without a word about an earlier turn of the request, the run's own receipt is as good.
    if (!must) return { ran, counts: execution, unsure };
    this.#is_over = true;
    if (!counts) this.#in_doubt = true;
    return null;
  }
}
