/**
 * The mesh as one of its objects sees it. The mesh makes the objects, so they do not import it.
 * @module
 */
import type { CustodyRecords, Peers } from "../../../durable-objects/custody/custody-record.ts";
import type { Region } from "../../../mesh/region.ts";
import type { EpochMs } from "../../../mesh/units.ts";
import type { Random } from "../../support/random.ts";
import type { Battery, BatteryLedger } from "./battery.ts";

/** What the mesh must know of an object that asks something of it. */
export interface Caller {
  readonly node: string;
  readonly region: Region;
  readonly skew_ms: number;
  readonly alive: boolean;
}

/** What an object may use of the mesh. */
export interface Surroundings {
  readonly random: Random;
  readonly recharge_ms: number;
  recordsOf(object: Caller): CustodyRecords<Battery>;
  peersOf(object: Caller): Peers<Battery>;
  ledger(node: string): BatteryLedger;
  nextDebit(): number;
  clockOf(object: Caller): EpochMs;
  sleep(object: Caller | null, ms: number): Promise<void>;
  setAlarm(object: Caller, ms: number): void;
}
