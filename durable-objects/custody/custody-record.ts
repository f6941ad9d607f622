/**
 * What an object knows of its node's custody, and what it, its custody and other objects say to each other
 * about it.
 * Not its job: the protocol (custody.ts), keeping it on disk (custody-store.ts).
 * @module
 */
import type { Region } from "../../mesh/region.ts";
import type { Tenure } from "../../mesh/tenure.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { Claim, Claimed, ServiceState, ServiceStatus } from "../registrar/register.ts";

/** What one object has on disk. It serves only while what it holds is the newest claim it knows of. */
export interface CustodyRecord<S> {
  /** The newest claim that this object made, gave way to or sealed its state for: its fence. */
  known: Claim | null;
  /** What it has of which claim of its own; a null state is an untouched node's. */
  holding: Holding<S> | null;
  /** The message that this object has still to get through to another. */
  due: "confirm" | "push" | "release" | null;
  service: ServiceStatus;
}

export interface Holding<S> {
  epoch: number;
  state: S | null;
}

export const NOTHING: CustodyRecord<never> = {
  known: null,
  holding: null,
  due: null,
  service: { state: "up", version: 0 },
};

/** One state that went away from here or came here; what was sealed must be what was received. */
export interface Crossing<S> {
  kind: "sealed" | "received";
  /** The epoch of the claim that it was held by until then. */
  of: number;
  /** The epoch of the claim that it went to. */
  epoch: number;
  peer: Region;
  state: S | null;
}

/** Synchronous: what one call saves is durable as a whole. */
export interface CustodyRecords<S> {
  load(): CustodyRecord<S> | null;
  save(record: CustodyRecord<S>, crossing?: Crossing<S>): void;
}

/** Asks a source to let go of what it holds `of` an epoch, for the accepted claim of `to`. */
export interface HandOver {
  epoch: number;
  to: Region;
  of: number;
}

export type HandedOver<S> =
  | { kind: "sealed"; state: S | null }
  /** It has nothing of that epoch, and never will. */
  | { kind: "nothing" }
  | { kind: "newer"; known: Claim };

/** A state on its way to its next owner. */
export interface Push<S> {
  epoch: number;
  of: number;
  from: Region;
  state: S | null;
}

/** The other objects of the node, and its register. Every call may reject, late; none may hang. */
export interface Peers<S> {
  claim(request: Claim & { holds: number | null }): Promise<Claimed>;
  confirm(claim: Claim): Promise<void>;
  release(claim: Claim): Promise<void>;
  handOver(from: Region, request: HandOver): Promise<HandedOver<S>>;
  /** @returns whether it has been received, or is out of date; else it must be sent again */
  receive(to: Region, push: Push<S>): Promise<boolean>;
}

/** What the object itself tells its custody. */
export interface Custodian<S> {
  readonly region: Region;
  tenureAt(at: EpochMs): Tenure;
  /** The state in memory, where it has gone on since it was last kept under this epoch. */
  snapshot(epoch: number): S | null;
  /** Whether the state is that of a node that nobody has touched: then it need not travel. */
  settled(state: S, now: EpochMs): boolean;
}

export interface Held<S> {
  epoch: number;
  /** As it is on disk; null: nobody has touched this node, compute it. */
  state: S | null;
  service: ServiceState;
}

export type Hold<T> =
  | { held: true; value: T }
  | { held: false; moved: Region }
  | { held: false; unavailable: string };

/** When alarm() wants to be called: an instant of the mesh, or a wait in real time. */
export type Wake = { at: EpochMs } | { after_ms: number };
