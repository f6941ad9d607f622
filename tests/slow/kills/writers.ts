/**
 * Who asks while processes are killed. Every ask comes from a longitude of its own, so that its row is
 * known in the ledger even if its answer was never seen. Some carry an Idempotency-Key and are repeated
 * until they are answered, some come from a tenant with a budget, the others are sent once.
 * @module
 */
import { send, sleep, within } from "../../support/mesh.ts";

const INFER = "/v2/models/drive-rss/infer";
const KINDS = ["once", "keyed", "budgeted"] as const;

export type Kind = typeof KINDS[number];

export interface Ask {
  kind: Kind;
  lon: number;
  /** The execution's id; null if no answer came, or another than 200. */
  id: string | null;
}

export class Writers {
  readonly asks: Ask[] = [];
  /** What came that was neither an answer nor the end of a connection, by status. */
  readonly statuses = new Map<number, number>();
  #stopped = false;
  readonly #running: Promise<void>[];

  /** @param keys one of each tenant: who pays as it likes, and who has a budget */
  constructor(url: string, keys: { free: string; budgeted: string }, count: number) {
    this.#running = Array.from({ length: count }, async (_, writer) => {
      const kind = KINDS[writer % KINDS.length];
      const key = kind === "budgeted" ? keys.budgeted : keys.free;
      for (let i = 0; !this.#stopped; i++) {
        const ask: Ask = { kind, lon: writer + i / 100_000, id: null };
        this.asks.push(ask);
        do {
          ask.id = await this.#send(url, key, ask);
          // While nobody listens there is no use in asking at once.
          if (ask.id === null) await sleep(50);
        } while (kind === "keyed" && ask.id === null && !this.#stopped);
      }
    });
  }

  get answered(): number {
    return this.asks.reduce((n, { id }) => n + Number(id !== null), 0);
  }

  async reaches(answered: number): Promise<void> {
    const done = () => this.answered >= answered || null;
    await within(120_000, `${answered} answers (${JSON.stringify([...this.statuses])})`, done);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #send(url: string, key: string, { kind, lon }: Ask): Promise<string | null> {
    const body = {
      parameters: { origin_lat: 20, origin_lon: lon },
      inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
    };
    const headers = kind === "keyed" ? { "Idempotency-Key": `ask-${lon}` } : undefined;
    try {
      const { status, body: answer } = await send(`${url}${INFER}`, { key, body, headers });
      if (status === 200) return answer.parameters.execution_id;
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      return null;
    } catch {
      return null;
    }
  }
}
