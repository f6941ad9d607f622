/**
 * What an object knows of its node's custody, and the messages about it: between the object and its
 * Custody, and between objects.
 * Not its job: the protocol (custody.ts), keeping it on disk (custody-store.ts).
 * @module
 */
import type { Region } from "../../mesh/region.ts";
import type { Tenure } from "../../mesh/tenure.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { Claim, Claimed, ServiceState, ServiceStatus } from "../registrar/register.ts";

/**
 * What one object has on disk. It serves only while `known` is its own claim, and the one that
 * `holding` is of.
 */
export interface CustodyRecord<S> {
  /** The newest claim that this object made, gave way to or sealed its state for: its fence. */
  known: Claim | null;
  /** The state that it has, and the claim of its own under which it got it. */
  holding: Holding<S> | null;
  /** The message that this object has yet to get through to the register or to another object. */
  due: "confirm" | "push" | "release" | null;
  service: ServiceStatus;
}

/** A state under a claim; null is the state of a node that nobody has touched. */
export interface Holding<S> {
  /**
   * The epoch of the claim under which this object got the state: its first slot (mesh/tenure.ts).
   */
  epoch: number;
  state: S | null;
}

/** The record of an object that has never heard of a claim. */
export const NO_CUSTODY: CustodyRecord<never> = {
  known: null,
  holding: null,
  due: null,
  service: { state: "up", version: 0 },
};

/**
 * A state that left this object (`sealed`) or came to it (`received`). What one object sealed,
 * another must have received.
 */
export interface Crossing<S> {
  kind: "sealed" | "received";
  /** The epoch of the claim under which the state was held until then. */
  of: number;
  /** The epoch of the claim that the state went to. */
  epoch: number;
  /** Where the state went, or came from. */
  peer: Region;
  state: S | null;
}

/** Keeps a custody record on disk. Synchronous: what one call saves is durable as a whole. */
export interface CustodyRecords<S> {
  load(): CustodyRecord<S> | null;
  save(record: CustodyRecord<S>, crossing?: Crossing<S>): void;
}

/**
 * Asks a source to let go of the state that it holds, for a claim that the register has accepted.
 */
export interface HandOver {
  /** The epoch of the accepted claim. */
  epoch: number;
  /** Whose claim it is. */
  to: Region;
  /** The epoch of the claim under which the source is asked for its state. */
  of: number;
}

/** What a source says to HandOver: its state, or why it gives none. */
export type HandedOver<S> =
  /** The source serves no more; null is the state of an untouched node. */
  | { kind: "sealed"; state: S | null }
  /** The source has nothing of that epoch, and never will. */
  | { kind: "nothing" }
  /** The source knows of a claim that is newer, or serves under this very epoch. */
  | { kind: "newer"; known: Claim };

/** A state on its way to its next owner, who has not asked for it. */
export interface Push<S> {
  /** The epoch of the claim that the next owner is to make. */
  epoch: number;
  /** The epoch of the claim under which the sender held the state. */
  of: number;
  from: Region;
  state: S | null;
}

/**
 * The other objects of the node, and its register. Each call may reject, even late, and must not
 * hang.
 */
export interface Peers<S> {
  claim(request: Claim & { holds: number | null }): Promise<Claimed>;
  confirm(claim: Claim): Promise<void>;
  release(claim: Claim): Promise<void>;
  handOver(from: Region, request: HandOver): Promise<HandedOver<S>>;
  /**
   * Sends a state ahead.
   * @returns true if it has been received or is out of date; false if it must be sent again
   */
  receive(to: Region, push: Push<S>): Promise<boolean>;
}

/** What the object tells its Custody. */
export interface Custodian<S> {
  readonly region: Region;
  tenureAt(at: EpochMs): Tenure;
  /**
   * The state in memory, if it has gone on since it was last kept under this epoch; the object then
   * drops it.
   */
  snapshot(epoch: number): S | null;
  /** Whether the state is the one that untouched nodes have: then it need not travel. */
  isAtRest(state: S, now: EpochMs): boolean;
}

/** What an object that serves has in custody. */
export interface Held<S> {
  /** The epoch of the claim under which it serves: the first slot of a tenure (mesh/tenure.ts). */
  epoch: number;
  /** As it is on disk; null: nobody has touched the node, and its state is computed. */
  state: S | null;
  service: ServiceState;
}

/**
 * What hold() gives: the value of `use`, the region whose object serves, or why nobody can serve
 * now.
 */
export type Hold<T> =
  | { held: true; value: T }
  | { held: false; moved: Region }
  | { held: false; unavailable: string };

/**
 * When Custody.alarm() is to be called: at an instant of the mesh, or after a wait in real time.
 */
export type Wake = { at: EpochMs } | { after_ms: number };
