/**
 * A mesh without machines: disks that last, objects that do not, messages that get lost, come twice,
 * late or out of order, and clocks that are off. All of it from one seed.
 * @module
 */
import assert from "node:assert/strict";
import type {
  CustodyRecord,
  CustodyRecords,
  Peers,
} from "../../../durable-objects/custody/custody-record.ts";
import {
  Register,
  type RegisterRow,
  type RegisterRows,
} from "../../../durable-objects/registrar/register.ts";
import type { Region } from "../../../mesh/region.ts";
import { type EpochMs, epochMs } from "../../../mesh/units.ts";
import { seeded } from "../../support/random.ts";
import { type Battery, BatteryLedger } from "./battery.ts";
import { type Faults, NONE } from "./faults.ts";
import { type Flight, START } from "./flights.ts";
import { SimulatedObject } from "./simulated-object.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Drain, VirtualTime } from "./virtual-time.ts";

const DAY_MS = 86_400_000;
const SHARDS = 8;
// A message takes this long on a good day: from one rack to half the Earth.
const DELAY_MS = [5, 300] as const;
// Then the caller hears that it failed, though it may have been done.
const CALL_MS_MAX = 5_000;
const REQUEST_MS_MAX = 60_000;
/** A caller waits longer at times, so that late answers find it waiting; but never for ever. */
export const PATIENCE_MS_MAX = 5 * 60_000;
const DOWN_MS_MAX = 60_000;
const ALARM_AGAIN_MS = 2_000;

interface Address {
  node: string;
  region: Region;
}

export type RecordsOf = (key: string) => CustodyRecords<Battery>;

export class SimulatedMesh implements Surroundings {
  readonly time: VirtualTime;
  readonly random;
  faults: Faults;
  /** A battery is full again this long after its last debit. */
  readonly recharge_ms: number;
  readonly counts: Record<string, number> = {};
  readonly #flights = new Map<string, Flight[]>();
  readonly #ledgers = new Map<string, BatteryLedger>();
  readonly #objects = new Map<string, SimulatedObject>();
  readonly #downUntil = new Map<string, number>();
  readonly #alarms = new Map<string, number>();
  readonly #records: Map<string, CustodyRecords<Battery>> = new Map();
  readonly #recordsOf: RecordsOf;
  readonly #rows: RegisterRows[] = Array.from({ length: SHARDS }, memoryRows);
  readonly #registers: Register[];
  #offset_ms = 0;
  #debits = 0;

  constructor(
    { seed, flights, faults, recharge_ms, drain, recordsOf = memoryRecords }: {
      seed: number;
      /** More than one of a node: each object that starts flies by one of them. */
      flights: readonly Flight[];
      faults: Faults;
      recharge_ms: number;
      drain?: Drain;
      recordsOf?: RecordsOf;
    },
  ) {
    this.time = new VirtualTime(drain);
    this.random = seeded(seed);
    this.faults = faults;
    this.recharge_ms = recharge_ms;
    this.#recordsOf = recordsOf;
    for (const flight of flights) {
      const known = this.#flights.get(flight.node) ?? [];
      this.#flights.set(flight.node, [...known, flight]);
    }
    this.#registers = this.#rows.map((rows) => new Register(rows));
    this.#planOutages();
    this.#planJumps();
  }

  /** From here on nothing goes wrong any more. All objects start anew, with the same elements. */
  heal(): void {
    this.faults = NONE;
    this.#downUntil.clear();
    for (const object of this.#objects.values()) object.alive = false;
    this.#objects.clear();
    for (const [node, [first]] of this.#flights) this.#flights.set(node, [first]);
  }

  ledger(node: string): BatteryLedger {
    const known = this.#ledgers.get(node);
    if (known) return known;
    const ledger = new BatteryLedger(node);
    this.#ledgers.set(node, ledger);
    return ledger;
  }

  registerRow(node: string): RegisterRow | null {
    return this.#rows[shardOf(node)].load(node);
  }

  nextDebit = (): number => ++this.#debits;

  clockOf({ skew_ms }: { skew_ms: number }): EpochMs {
    return epochMs(START + this.time.now + this.#offset_ms + skew_ms);
  }

  recordsOf(object: SimulatedObject): CustodyRecords<Battery> {
    const key = keyOf(object);
    const disk = this.#records.get(key) ?? this.#recordsOf(key);
    this.#records.set(key, disk);
    let last = disk.load();
    return {
      load: () => disk.load(),
      save: (record, crossing) => {
        if (!object.alive) throw new Error(`${key} writes after its death`);
        disk.save(record, crossing);
        this.time.trace(`${key} ${record.known?.epoch} ${record.holding?.epoch} ${record.due}`);
        if (crossing) this.count(record.due === "release" ? "released" : crossing.kind);
        this.ledger(object.node).wrote(object.region, last, record);
        last = record;
      },
    };
  }

  peersOf(object: SimulatedObject): Peers<Battery> {
    const { node } = object;
    const shard = shardOf(node);
    const register = this.#registers[shard];
    const ask = <T>(run: () => T): Promise<T> => this.#call(object, `registrar-${shard}`, run);
    const peer = <T>(region: Region, run: (other: SimulatedObject) => T | Promise<T>) =>
      this.toObject(object, { node, region }, run);
    return {
      claim: (request) => ask(() => register.claim({ node, ...request })),
      confirm: (claim) => ask(() => register.confirm(node, claim)),
      release: (claim) => ask(() => register.release(node, claim)),
      handOver: (region, request) => peer(region, (other) => other.handOver(request)),
      receive: (region, push) => peer(region, (other) => other.receive(push)),
    };
  }

  /** What an admin's request does. */
  toRegister<T>(node: string, run: (register: Register) => T): Promise<T> {
    const shard = shardOf(node);
    return this.#call(null, `registrar-${shard}`, () => run(this.#registers[shard]));
  }

  /** @param from null: an isolate, which does not crash here */
  toObject<T>(
    from: SimulatedObject | null,
    to: Address,
    run: (object: SimulatedObject) => T | Promise<T>,
  ): Promise<T> {
    return this.#call(from, keyOf(to), () => run(this.#object(to)), to);
  }

  sleep(object: SimulatedObject | null, ms: number): Promise<void> {
    return new Promise((resolve) => this.time.after(ms, () => this.#resume(object, resolve)));
  }

  /** An object has one alarm; a later one does not move it. */
  setAlarm(object: Address, ms: number): void {
    const key = keyOf(object);
    const at = this.time.now + Math.max(0, Math.round(ms));
    const set = this.#alarms.get(key);
    if (set !== undefined && set <= at) return;
    this.#alarms.set(key, at);
    this.time.after(at - this.time.now, () => this.#ring(object, at));
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  #object({ node, region }: Address): SimulatedObject {
    const key = keyOf({ node, region });
    const known = this.#objects.get(key);
    if (known) return known;
    const { skew_ms_max } = this.faults;
    const object = new SimulatedObject({
      mesh: this,
      flight: this.random.pick(this.#flights.get(node)!),
      region,
      skew_ms: this.random.integer(-skew_ms_max, skew_ms_max),
    });
    this.#objects.set(key, object);
    return object;
  }

  /** Goes on behind an await, unless the object is dead, or dies there. */
  #resume<T>(object: SimulatedObject | null, go: (value: T) => void, value?: T): void {
    if (object && !object.alive) return;
    if (object && this.random.chance(this.faults.crash)) return this.#crash(object);
    go(value as T);
  }

  #crash(object: SimulatedObject): void {
    const key = keyOf(object);
    this.count("crashes");
    this.time.trace(`${key} crashes`);
    object.alive = false;
    this.#objects.delete(key);
    this.#downUntil.set(key, this.time.now + this.random.integer(0, DOWN_MS_MAX));
  }

  #ring({ node, region }: Address, at: number): void {
    const key = keyOf({ node, region });
    if (this.#alarms.get(key) !== at) return;
    const again = () => this.setAlarm({ node, region }, ALARM_AGAIN_MS);
    this.#alarms.delete(key);
    if ((this.#downUntil.get(key) ?? 0) > this.time.now) return again();
    const awake = this.#object({ node, region });
    let done = false;
    awake.alarm().then(() => done = true, (error) => this.time.fail(error));
    // At least once: whether it died shows when it should have been done.
    const check = () => {
      if (done) return;
      if (awake.alive) return this.time.after(CALL_MS_MAX, check);
      if (!this.#alarms.has(key)) again();
    };
    this.time.after(CALL_MS_MAX, check);
  }

  #call<T>(
    from: SimulatedObject | null,
    to: string,
    run: () => T | Promise<T>,
    object?: Address,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let settled = false;
      const settle = (go: () => void) => {
        if (settled) return;
        settled = true;
        this.#resume(from, go);
      };
      const deliver = async () => {
        if ((this.#downUntil.get(to) ?? 0) > this.time.now) return this.count("undelivered");
        const target = object && this.#object(object);
        if (target && this.random.chance(this.faults.crash)) return this.#crash(target);
        let answer: T;
        try {
          answer = await run();
        } catch (error) {
          return this.time.fail(error);
        }
        if (target && !target.alive) return;
        if (this.#isLost()) return;
        this.time.after(this.#delay(), () => settle(() => resolve(answer)));
      };
      if (!this.#isLost()) this.time.after(this.#delay(), deliver);
      while (this.random.chance(this.faults.replay)) {
        this.count("replays");
        this.time.after(this.#delay(), deliver);
      }
      const patience = (from ? CALL_MS_MAX : REQUEST_MS_MAX) +
        Math.min(this.#lateness(), PATIENCE_MS_MAX);
      this.time.after(patience, () => settle(() => reject(new Error(`${to} is silent`))));
    });
  }

  #isLost(): boolean {
    const lost = this.random.chance(this.faults.loss);
    if (lost) this.count("lost");
    return lost;
  }

  #delay(): number {
    return this.random.integer(...DELAY_MS) + this.#lateness();
  }

  /** Mostly none; else anything from a moment to hours, the shorter the likelier. */
  #lateness(): number {
    const { late, late_ms_max } = this.faults;
    if (!this.random.chance(late)) return 0;
    this.count("late");
    return late_ms_max ** this.random.next();
  }

  #planOutages(): void {
    const { outages_per_day, outage_ms_max } = this.faults;
    for (let shard = 0; shard < SHARDS; shard++) {
      for (let n = 0; n < outages_per_day; n++) {
        this.time.after(this.random.integer(0, DAY_MS), () => {
          if (this.faults === NONE) return;
          this.count("outages");
          const until = this.time.now + this.random.integer(0, outage_ms_max);
          this.#downUntil.set(`registrar-${shard}`, until);
        });
      }
    }
  }

  #planJumps(): void {
    const { jumps_per_day, jump_ms_max } = this.faults;
    for (let n = 0; n < jumps_per_day; n++) {
      const at = this.random.integer(0, DAY_MS);
      this.time.after(at, () => {
        if (this.faults === NONE) return;
        this.count("jumps");
        this.#offset_ms = -this.random.integer(0, jump_ms_max);
      });
      this.time.after(at + this.random.integer(0, DAY_MS / jumps_per_day), () => {
        if (this.faults !== NONE) this.#offset_ms = 0;
      });
    }
  }
}

const keyOf = ({ node, region }: Address): string => `${node}@${region}`;

function shardOf(node: string): number {
  let hash = 0;
  for (let i = 0; i < node.length; i++) hash = (hash * 31 + node.charCodeAt(i)) >>> 0;
  return hash % SHARDS;
}

/** What the simulation keeps of a disk: records are never changed in place, so they need no copy. */
function memoryRecords(): CustodyRecords<Battery> {
  let kept: CustodyRecord<Battery> | null = null;
  return { load: () => kept, save: (record) => kept = record };
}

function memoryRows(): RegisterRows {
  const rows = new Map<string, RegisterRow>();
  return {
    load: (node) => rows.get(node) ?? null,
    save: (row) => {
      // However long confirmations fail.
      for (const { region } of row.sources) {
        const same = row.sources.filter((source) => source.region === region);
        assert.ok(same.length <= 2, `${row.node} has ${same.length} sources in ${region}`);
      }
      rows.set(row.node, row);
    },
    notUp: () => [...rows.values()].filter(({ service }) => service.state !== "up"),
  };
}
