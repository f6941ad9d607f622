/**
 * What an object knows of its node's custody, and what objects say to each other about it.
 * Not its job: the protocol (custody.ts), keeping it on disk (custody-store.ts).
 * @module
 */
import type { Region } from "../mesh/region.ts";
import type { Claim, Claimed, Service } from "./register.ts";

/** What one object has on disk. It serves only while what it holds is the newest claim it knows of. */
export interface CustodyRecord<S> {
  /** The newest claim that this object made, gave way to or sealed its state for: its fence. */
  known: Claim | null;
  /** What it has of which claim of its own; a null state is an untouched node's. */
  holding: Holding<S> | null;
  /** What others must still hear from here. */
  due: "confirm" | "push" | "release" | null;
  service: Service;
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
