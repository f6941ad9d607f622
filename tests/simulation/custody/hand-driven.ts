/**
 * A few objects of one node whose messages a test holds up, loses or lets through by hand.
 * @module
 */
import type {
  CustodyRecord,
  CustodyRecords,
  Hold,
  Peers,
} from "../../../durable-objects/custody/custody-record.ts";
import { Custody } from "../../../durable-objects/custody/custody.ts";
import { Register, type RegisterRow } from "../../../durable-objects/registrar/register.ts";
import type { Region } from "../../../mesh/region.ts";
import { slotInstant, type Tenure } from "../../../mesh/tenure.ts";
import { type EpochMs, epochMs } from "../../../mesh/units.ts";

export interface Charge {
  battery: number;
}

/** From these slots on the node is over these regions; the last tenure has no end. */
export type Plan = readonly (readonly [number, Region])[];

export const PLAN: Plan = [[100, "wnam"], [110, "enam"], [120, "weur"], [130, "wnam"]];

export class HandDriven {
  /** As `wnam claim`, in the order in which they were sent. */
  readonly sent: string[] = [];
  readonly rows = new Map<string, RegisterRow>();
  readonly register: Register;
  /** Messages that do not arrive. */
  readonly lost = new Set<string>();
  readonly #plan: Plan;
  readonly #disks = new Map<Region, CustodyRecord<Charge>>();
  readonly #objects = new Map<Region, HandObject>();
  readonly #stalled = new Map<string, (() => void)[]>();

  constructor(plan = PLAN) {
    this.#plan = plan;
    const { rows } = this;
    this.register = new Register({
      load: (node) => rows.get(node) ?? null,
      save: (row) => rows.set(row.node, row),
      notUp: () => [...rows.values()].filter(({ service }) => service.state !== "up"),
    });
  }

  at(region: Region): HandObject {
    return this.#objects.get(region) ?? this.restart(region);
  }

  /** The object's memory is gone, and it flies by this plan from now on; its disk stays. */
  restart(region: Region, plan = this.#plan): HandObject {
    const object = new HandObject(region, this, plan);
    this.#objects.set(region, object);
    return object;
  }

  /** Holds back the answers to such messages until the returned function is called. */
  stall(what: string): () => Promise<void> {
    this.#stalled.set(what, []);
    return async () => {
      const waiting = this.#stalled.get(what) ?? [];
      this.#stalled.delete(what);
      for (const go of waiting) go();
      await settle();
    };
  }

  records(region: Region): CustodyRecords<Charge> {
    return {
      load: () => this.#disks.get(region) ?? null,
      save: (record) => this.#disks.set(region, record),
    };
  }

  peers(from: Region): Peers<Charge> {
    const node = "N";
    const { register } = this;
    const send = <T>(method: keyof Peers<Charge>, run: () => T | Promise<T>) =>
      this.#send(`${from} ${method}`, run);
    return {
      claim: (request) => send("claim", () => register.claim({ node, ...request })),
      confirm: (claim) => send("confirm", () => register.confirm(node, claim)),
      release: (claim) => send("release", () => register.release(node, claim)),
      handOver: (to, request) => send("handOver", () => this.at(to).custody.handOver(request)),
      receive: (to, push) => send("receive", () => this.at(to).custody.receive(push)),
    };
  }

  async #send<T>(what: string, run: () => T | Promise<T>): Promise<T> {
    this.sent.push(what);
    if (this.lost.has(what)) throw new Error(`${what} was lost`);
    const answer = await run();
    const waiting = this.#stalled.get(what);
    if (waiting) await new Promise<void>((resolve) => waiting.push(resolve));
    return answer;
  }
}

export class HandObject {
  readonly custody: Custody<Charge>;
  /** What OrbitalNode has in memory. */
  memory: { epoch: number; state: Charge } | null = null;
  isAtRest = false;

  constructor(region: Region, mesh: HandDriven, plan: Plan) {
    this.custody = new Custody<Charge>({
      records: mesh.records(region),
      peers: mesh.peers(region),
      custodian: {
        region,
        tenureAt: (at) => tenureIn(plan, at),
        snapshot: (epoch) => this.memory?.epoch === epoch ? this.memory.state : null,
        isAtRest: () => this.isAtRest,
      },
    });
  }

  /** Takes one from the battery, on disk at once. @returns what is left, and by which claim */
  spend(slot: number): Promise<Hold<{ epoch: number; battery: number }>> {
    return this.custody.hold(inSlot(slot), ({ epoch, state }) => {
      const battery = (state?.battery ?? 1_000) - 1;
      this.memory = { epoch, state: { battery } };
      this.custody.keep(epoch, { battery });
      return { epoch, battery };
    });
  }

  alarm(slot: number): Promise<string | null> {
    return this.custody.alarm(inSlot(slot));
  }
}

export const inSlot = (slot: number): EpochMs => epochMs(slotInstant(slot) + 5_000);

/** Everything that can go on has gone on. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function tenureIn(plan: Plan, at: EpochMs): Tenure {
  const index = plan.findLastIndex(([epoch]) => at >= slotInstant(epoch));
  const [epoch, region] = plan[index];
  const [next] = plan[index + 1] ?? [1_000];
  return { epoch, region, until: slotInstant(next) };
}
