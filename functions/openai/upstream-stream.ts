/**
 * The stream of a language model's answer, as a node hands it to the isolate: its lines, and its end.
 * @module
 */
import { nodeObject } from "../../durable-objects/names.ts";
import type { NodeAddress } from "../../durable-objects/shared/node-address.ts";
import type { UpstreamLine } from "../../durable-objects/node/upstream/upstream-job.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { Payment } from "../billing/wallets.ts";
import type { Services } from "../services.ts";

/** One answer under way. settle() must be called once nothing more of it is handed to the caller. */
export class UpstreamStream {
  /** The run as it would be if all that is reserved were used: its placement holds. */
  readonly planned: Execution;
  readonly #services: Services;
  readonly #address: NodeAddress;
  readonly #payment: Payment;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #settled: Promise<Execution | null> | undefined;

  constructor(
    services: Services,
    { lines, execution, address, payment }: {
      lines: ReadableStream<Uint8Array>;
      execution: Execution;
      address: NodeAddress;
      payment: Payment;
    },
  ) {
    this.planned = execution;
    this.#services = services;
    this.#address = address;
    this.#payment = payment;
    this.#reader = lines.getReader();
  }

  /**
   * The lines as they come; the last says how the engine's stream ended.
   * @throws what the node's object failed with; it may end without a last line, too
   */
  async *lines(): AsyncGenerator<UpstreamLine, void, void> {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) yield JSON.parse(line) as UpstreamLine;
    }
  }

  /**
   * Ends the run: the caller got so many chunks, for which it is billed. Only the first call counts.
   * @returns the run as it is billed; null if the node's object does not say
   */
  settle(chunks: number): Promise<Execution | null> {
    return this.#settled ??= this.#settle(chunks);
  }

  async #settle(chunks: number): Promise<Execution | null> {
    const { env, log } = this.#services;
    try {
      const { id } = this.planned.receipt;
      const node = nodeObject(env, this.#address);
      const execution = await node.settleUpstream(id, chunks) as Execution | null;
      if (execution) this.#payment.settle("charged", execution.receipt.charge_microcredits);
      return execution;
    } catch (error) {
      log.warn("A node did not say what a stream came to", { node: this.#address.node, error });
      return null;
    } finally {
      // Only the ledger knows, where the node does not say; does nothing where it has said.
      this.#payment.settle("unknown");
      this.#reader.cancel("The stream has been settled").catch(() => {});
    }
  }
}
