/**
 * Who may hold a node's state: the one place where claims to it are put in an order.
 *
 * A row holds the newest accepted claim and its sources: the objects, newest first, that may have
 * the state. A claimer becomes a source at once, since the register is not told when the state
 * reaches it. When the claimer confirms that it has the state, older sources are dropped. At most
 * two sources of a region stay, what it holds and its last claim, so a row is bounded however long
 * confirmations fail.
 *
 * Rows are never deleted. A claim that was slow on its way must not find the register empty and be
 * taken for new: it would bring back a state that is long out of date.
 *
 * Each method is one turn of synchronous writes and may be repeated, late and out of order.
 * Not its job: keeping rows (register-store.ts), moving state (custody.ts).
 * @module
 */
import type { Region } from "../../mesh/region.ts";

/**
 * The right to hold a node's state from an epoch on. Of each epoch the register accepts one
 * region's claim.
 */
export interface Claim {
  /**
   * The number of a tenure's first slot (mesh/tenure.ts); after a release, one more than the
   * released claim's.
   */
  epoch: number;
  region: Region;
}

/** Whether a node takes asks, as an admin set it. */
export type ServiceState = "up" | "drained" | "failed";

/** What an admin has made of a node. */
export interface ServiceStatus {
  state: ServiceState;
  /** Grows with each change: of two statuses the one with the higher version holds. */
  version: number;
}

/** What the register knows of one node. */
export interface RegisterRow {
  node: string;
  /** The newest claim that was accepted; null if an admin set the node's service before any ask. */
  claim: Claim | null;
  /** Newest first. Empty if no object holds a state: then it is that of an untouched node. */
  sources: Claim[];
  service: ServiceStatus;
}

/** Keeps rows. Synchronous: what one method saves is durable as a whole. */
export interface RegisterRows {
  /** @returns null for a node that has no row yet */
  load(node: string): RegisterRow | null;
  save(row: RegisterRow): void;
  /** Nodes that are not up, by node. */
  notUp(): Pick<RegisterRow, "node" | "service">[];
}

/** A claim, as an object makes it. */
export interface ClaimRequest extends Claim {
  node: string;
  /**
   * The epoch of the state that the claimer has on disk, or null. It has no state of its other
   * claims, and never will.
   */
  holds: number | null;
}

/** What the register says to a claim: accepted, or which newer claim it has accepted. */
export type Claimed =
  /**
   * The sources without this claim, newest first: the first one that has a state has the newest.
   */
  | { ok: true; sources: Claim[]; service: ServiceStatus }
  | { ok: false; holder: Claim };

const UP: ServiceStatus = { state: "up", version: 0 };

/** The register of a share of the nodes. */
export class Register {
  readonly #rows: RegisterRows;

  constructor(rows: RegisterRows) {
    this.#rows = rows;
  }

  /**
   * Orders claims: an accepted claim is newer than all that were accepted before, or is the newest
   * again.
   */
  claim({ node, epoch, region, holds }: ClaimRequest): Claimed {
    const { claim, sources, service } = this.#row(node);
    if (claim && (epoch < claim.epoch || (epoch === claim.epoch && region !== claim.region))) {
      return { ok: false, holder: claim };
    }
    const others = sources.filter((source) => !same(source, { epoch, region }));
    if (claim && epoch === claim.epoch) return { ok: true, sources: others, service };
    const older = others.filter((source) => source.region !== region || source.epoch === holds);
    const accepted = { epoch, region };
    this.#rows.save({ node, claim: accepted, sources: [accepted, ...older], service });
    return { ok: true, sources: older, service };
  }

  /**
   * Drops the sources older than a claim: its claimer has the state on disk.
   * @param node the node's id
   */
  confirm(node: string, claim: Claim): void {
    const row = this.#row(node);
    const at = row.sources.findIndex((source) => same(source, claim));
    if (at < 0 || at === row.sources.length - 1) return;
    this.#rows.save({ ...row, sources: row.sources.slice(0, at + 1) });
  }

  /**
   * Drops all sources: the holder let the state go, since it is an untouched node's again. A
   * release of a claim that is not the newest changes nothing.
   * @param node the node's id
   */
  release(node: string, claim: Claim): void {
    const row = this.#row(node);
    if (!row.claim || !same(row.claim, claim) || row.sources.length === 0) return;
    this.#rows.save({ ...row, sources: [] });
  }

  /**
   * Sets whether a node takes asks.
   * @param node the node's id
   * @returns `holder` is the claim whose object must be told; null if there is none: claim() tells
   * the next
   */
  setService(node: string, state: ServiceState): { service: ServiceStatus; holder: Claim | null } {
    const row = this.#row(node);
    const service = { state, version: row.service.version + 1 };
    this.#rows.save({ ...row, service });
    return { service, holder: row.sources.at(0) ?? null };
  }

  /** The service of every node that is not up. */
  services(): { node: string; service: ServiceStatus }[] {
    return this.#rows.notUp().map(({ node, service }) => ({ node, service }));
  }

  #row(node: string): RegisterRow {
    return this.#rows.load(node) ?? { node, claim: null, sources: [], service: UP };
  }
}

const same = (a: Claim, b: Claim): boolean => a.epoch === b.epoch && a.region === b.region;
