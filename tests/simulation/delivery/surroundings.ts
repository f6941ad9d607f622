/**
 * The world as its parties see it: what each may use of it, and of the others. The world makes the
 * parties, so they do not import it.
 * @module
 */
import type { Committed } from "../../../durable-objects/collector/commits.ts";
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
  recordOrFind(world: Surroundings, execution: Execution): Promise<Execution>;
  close(world: Surroundings, tenant_id: string, lease_id: string): Promise<number>;
}

interface CollectorParty {
  readonly name: string;
  collect(executions: readonly Execution[]): Promise<void>;
  commit(execution: Execution, mark: string | null): Promise<Committed>;
  holding(ids: readonly string[]): string[];
}

interface NodeParty {
  readonly name: string;
  think(execution: Execution, tentative: boolean): Promise<boolean>;
  withdraw(id: string): void;
}

interface TenantParty {
  readonly name: string;
  exchange(request: WalletRequest): WalletAnswer | null;
}

/** What is wrong with the mesh itself: the simulation must find it. */
export type Bug =
  | "no commit"
  | "own receipt"
  | "forgetful collector"
  | "blind collector"
  | "forgetful disk";

/** What a party may use of the world. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly faults: Faults;
  readonly bug: Bug | null;
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
