/**
 * Isolates, nodes, collectors, tenants' objects and the ledger under one seeded scheduler: all of the
 * way from an ask to its charge, with the real logic of each and a network that does its worst.
 * @module
 */
import type { Execution } from "../../../ledger/execution.ts";
import { type Drain, VirtualTime } from "../custody/virtual-time.ts";
import { type Random, seeded } from "../../support/random.ts";
import { Away } from "./away.ts";
import { SimulatedCollector } from "./collector.ts";
import { type Faults, harsh, NONE } from "./faults.ts";
import { SimulatedIsolate } from "./isolate.ts";
import { SimulatedLedger } from "./ledger.ts";
import { SimulatedNode } from "./node.ts";
import type { Bug, Clock, Surroundings } from "./surroundings.ts";
import { SimulatedTenant } from "./tenant.ts";

const ISOLATES = 3;
const NODES = 4;
const COLLECTORS = 2;
const PARTITION_EVERY_MS = 30_000;
const PARTITION_MS_MIN = 3_000;

export interface WorldOptions {
  seed: number;
  /** What goes wrong; else as much as is promised, by the seed. */
  faults?: Faults;
  tenants: readonly string[];
  ledger: SimulatedLedger;
  /** How an event lets its promises run out. */
  drain?: Drain;
  /** What is wrong with the mesh itself; default: nothing. */
  bug?: Bug;
}

export class World implements Surroundings {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly ledger: SimulatedLedger;
  readonly tenants: ReadonlyMap<string, SimulatedTenant>;
  readonly isolates: readonly SimulatedIsolate[];
  readonly nodes: readonly SimulatedNode[];
  readonly collectors: readonly SimulatedCollector[];
  /** Ids of what ran, whoever knows of it. */
  readonly executed = new Set<string>();
  faults: Faults;
  readonly bug: Bug | null;
  /** Messages. */
  #under_way = 0;
  /** Who hears each other but not the rest; empty: all hear all. */
  #apart: ReadonlySet<string> = new Set();

  constructor({ seed, faults, tenants, ledger, drain = byFewTicks, bug }: WorldOptions) {
    this.time = new VirtualTime(drain);
    this.random = seeded(seed);
    this.faults = faults ?? harsh(this.random);
    this.ledger = ledger;
    this.bug = bug ?? null;
    this.tenants = new Map(tenants.map((name) => [name, new SimulatedTenant(this, name)]));
    this.collectors = several(COLLECTORS, (i) => new SimulatedCollector(this, `collector-${i}`));
    this.nodes = several(NODES, (i) => new SimulatedNode(this, `node-${i}`));
    this.isolates = several(ISOLATES, (i) => new SimulatedIsolate(this, `isolate-${i}`));
    this.#partition();
  }

  /** From now on messages arrive, once and soon, and nobody dies. What is on its way comes as it does. */
  heal(): void {
    this.faults = NONE;
    this.#apart = new Set();
  }

  /** A clock that jumps now and then when it is looked at. */
  clock(): Clock {
    let skew_ms = 0;
    return {
      now: () => {
        const { jump, jump_ms_max } = this.faults;
        if (this.random.chance(jump)) skew_ms = this.random.integer(-jump_ms_max, jump_ms_max);
        return this.time.now + skew_ms;
      },
    };
  }

  /** Calls `step` for ever: a little irregularly, as alarms and timers come. */
  every(ms: number, step: () => unknown): void {
    this.time.after(this.random.integer(1, ms), () => {
      this.every(ms, step);
      step();
    });
  }

  /** Brings one message to the other side: soon, late, never, more than once. */
  send(from: string, to: string, arrive: () => unknown): void {
    const { loss, late, late_ms_max, replay, replay_ms_max } = this.faults;
    const { random, time } = this;
    const come = (ms: number, how: string) => {
      this.#under_way++;
      time.after(ms, () => {
        this.#under_way--;
        if (this.#apart.has(from) !== this.#apart.has(to)) return;
        time.trace(`${from} > ${to}${how}`);
        arrive();
      });
    };
    if (!random.chance(loss)) {
      come(random.chance(late) ? random.integer(1, late_ms_max) : random.integer(1, 60), "");
    }
    if (random.chance(replay)) come(random.integer(1, replay_ms_max), " again");
  }

  /** A call over that network; rejects with Away if nothing has come back in time. */
  call<T>(from: string, to: string, patience_ms: number, serve: () => T | Promise<T>): Promise<T> {
    return this.#call(from, to, patience_ms, serve);
  }

  /** As call(), and the asking is never replayed: the platform's RPC does not repeat a call by itself. */
  callOnce<T>(
    from: string,
    to: string,
    patience_ms: number,
    serve: () => Promise<T>,
  ): Promise<T> {
    let served = false;
    return this.#call(from, to, patience_ms, () => {
      // What comes a second time does nothing, and nobody hears of it.
      if (served) return new Promise<T>(() => {});
      served = true;
      return serve();
    });
  }

  #call<T>(from: string, to: string, patience_ms: number, serve: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let heard = false;
      this.time.after(patience_ms, () => heard || reject(new Away(`${to} does not answer`)));
      const back = (tell: () => void) =>
        this.send(to, from, () => {
          heard = true;
          tell();
        });
      this.send(from, to, async () => {
        try {
          const answer = await serve();
          back(() => resolve(answer));
        } catch (error) {
          back(() => reject(error));
        }
      });
    });
  }

  /** Who gathers a node's executions. */
  collectorOf(node: string): SimulatedCollector {
    return this.collectors[Number(node.at(-1)) % this.collectors.length];
  }

  /** An execution is on a node's disk. */
  ran({ receipt }: Execution): void {
    this.executed.add(receipt.id);
  }

  /** Nothing is on its way, held back or kept ready any more. */
  get isSettled(): boolean {
    return this.#under_way === 0 && this.isolates.every((isolate) => isolate.isEmpty) &&
      this.nodes.every((node) => node.isEmpty) &&
      this.collectors.every((collector) => collector.isEmpty) &&
      [...this.tenants.values()].every((tenant) => tenant.balance().leased === 0);
  }

  #partition(): void {
    const { random, time } = this;
    time.after(PARTITION_EVERY_MS, () => {
      this.#partition();
      if (this.#apart.size > 0 || !random.chance(this.faults.partition)) return;
      const parties = [
        ...this.isolates,
        ...this.nodes,
        ...this.collectors,
        ...this.tenants.values(),
      ]
        .map(({ name }) => name);
      const apart = new Set(["ledger", ...parties].filter(() => random.chance(0.3)));
      this.#apart = apart;
      time.trace(`apart: ${[...apart].join(" ")}`);
      time.after(random.integer(PARTITION_MS_MIN, this.faults.partition_ms_max), () => {
        if (this.#apart === apart) this.#apart = new Set();
      });
    });
  }
}

// Promises of ours are a few deep; a test holds this to a full drain.
const TICKS = 16;
const byFewTicks: Drain = async () => {
  for (let tick = 0; tick < TICKS; tick++) await null;
};

const several = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
