/**
 * The world as its parties see it: what each may use of it, and of the others. The world makes the
 * parties, so they do not import it.
 * @module
 */
import type { Execution } from "../../../ledger/execution.ts";
import type { WalletAnswer, WalletRequest } from "../../../mesh/billing/lease.ts";
import type { Random } from "../../support/random.ts";
import type { VirtualTime } from "../custody/virtual-time.ts";
import type { Faults } from "./faults.ts";

/** A party's own clock, which jumps. */
export interface Clock {
  now(): number;
}

interface LedgerParty {
  record(world: Surroundings, executions: readonly Execution[]): Promise<void>;
  close(world: Surroundings, tenant_id: string, lease_id: string): Promise<number>;
}

interface CollectorParty {
  readonly name: string;
  collect(executions: readonly Execution[]): Promise<void>;
  holding(ids: readonly string[]): string[];
}

interface NodeParty {
  readonly name: string;
  think(execution: Execution): Promise<boolean>;
}

interface TenantParty {
  readonly name: string;
  exchange(request: WalletRequest): WalletAnswer | null;
}

/** What a party may use of the world. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly faults: Faults;
  readonly ledger: LedgerParty;
  readonly tenants: ReadonlyMap<string, TenantParty>;
  readonly nodes: readonly NodeParty[];
  readonly collectors: readonly CollectorParty[];
  collectorOf(node: string): CollectorParty;
  clock(): Clock;
  every(ms: number, step: () => unknown): void;
  send(from: string, to: string, arrive: () => unknown): void;
  call<T>(from: string, to: string, patience_ms: number, serve: () => T | Promise<T>): Promise<T>;
  callOnce<T>(from: string, to: string, patience_ms: number, serve: () => Promise<T>): Promise<T>;
  ran(execution: Execution): void;
}
