/**
 * What the simulated objects hold of a node, and the plain ledger that says what is right.
 *
 * The ledger sees every write to a disk and every answer that leaves. It knows nothing of claims or
 * messages: only that one battery has one history, which may grow and must never branch.
 * @module
 */
import assert from "node:assert/strict";
import type { CustodyRecord } from "../../../durable-objects/custody/custody-record.ts";
import type { Region } from "../../../mesh/region.ts";

export const CAPACITY = 1_000_000;

export interface Battery {
  readonly battery: number;
  /** Debits since it was full. */
  readonly serial: number;
  /** The last debit: names its whole history, since each debit has one predecessor. */
  readonly debit: number;
  readonly at: number;
}

export const FULL: Battery = Object.freeze({ battery: CAPACITY, serial: 0, debit: 0, at: 0 });

interface Debit {
  after: number;
  energy: number;
}

type Log = CustodyRecord<Battery>;

export class BatteryLedger {
  readonly #node: string;
  readonly #debits = new Map<number, Debit>();
  /** What is durable, of the newest writes. */
  #newest: Battery | null = null;
  readonly #durable = new Set<number>();
  #spent = 0;
  /** The region whose disk says that it has custody. */
  #live: Region | null = null;
  readonly #servedBy = new Map<number, Region>();
  answers = 0;
  releases = 0;

  constructor(node: string) {
    this.#node = node;
  }

  book(before: Battery, after: Battery): void {
    this.#debits.set(after.debit, {
      after: before.debit,
      energy: before.battery - after.battery,
    });
  }

  /** A write to the disk of one region's object. */
  wrote(region: Region, before: Log | null, after: Log): void {
    const was = before !== null && isLive(before, region);
    const is = isLive(after, region);
    if (!was && !is) return;
    const state = after.holding?.state ?? null;
    if (is && !(was && before.holding!.epoch === after.holding!.epoch)) {
      assert.ok(
        this.#live === null || this.#live === region,
        `${this.#node}: ${region} takes custody while ${this.#live} has it`,
      );
      assert.deepEqual(state, this.#newest, `${this.#node}: what ${region} received is not newest`);
    } else if (!is && after.due === "release") {
      this.#release(before!.holding!.state);
    } else this.#extend(region, state);
    this.#live = is ? region : null;
  }

  /** An answer left: what it debited must be on a disk for good. */
  answered({ region, epoch, debit }: { region: Region; epoch: number; debit: number }): void {
    const where = `${this.#node}, epoch ${epoch}, ${region}`;
    assert.ok(this.#durable.has(debit), `${where}: an answer left whose debit is nowhere`);
    const other = this.#servedBy.get(epoch) ?? region;
    assert.equal(other, region, `${where}: ${other} serves the same epoch`);
    this.#servedBy.set(epoch, region);
    this.answers++;
  }

  /** As the newest write says. */
  get newest(): Battery {
    return this.#newest ?? FULL;
  }

  /** As it must be: full, less every debit that was made durable since it was. */
  get balance(): number {
    return CAPACITY - this.#spent;
  }

  #extend(region: Region, state: Battery | null): void {
    const from = this.#newest ?? FULL;
    const to = state ?? FULL;
    let debit = to.debit;
    let energy = 0;
    let steps = 0;
    for (; debit !== from.debit && debit !== 0; steps++) {
      const { after, energy: one } = this.#debits.get(debit)!;
      assert.ok(!this.#durable.has(debit), `${this.#node}: ${region} writes what is out of date`);
      this.#durable.add(debit);
      energy += one;
      debit = after;
    }
    assert.equal(debit, from.debit, `${this.#node}: ${region} writes another history`);
    assert.equal(to.serial, from.serial + steps, `${this.#node}: serials have a gap at ${region}`);
    this.#spent += energy;
    assert.equal(to.battery, this.balance, `${this.#node}: energy is lost at ${region}`);
    if (steps > 0) this.#newest = state;
  }

  #release(last: Battery | null): void {
    assert.deepEqual(last, this.#newest, `${this.#node}: what is let go is not newest`);
    this.#newest = null;
    this.#spent = 0;
    this.releases++;
  }
}

/** Read off the disk, apart from what custody.ts makes of it. */
const isLive = ({ known, holding }: Log, region: Region): boolean =>
  holding !== null && known !== null && known.epoch === holding.epoch && known.region === region;
