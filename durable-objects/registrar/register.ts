/**
 * Who may hold a node's state: the one place where claims to it are put in an order.
 *
 * A row holds the newest accepted claim and its sources: the objects, newest first, that may have the
 * state. A claimer becomes a source at once, since the register is not told when the state reaches it.
 * When the claimer confirms that it has the state, older sources are dropped. At most two sources of a region
 * stay, what it holds and its last claim, so a row is bounded however long confirmations fail.
 *
 * Rows are never deleted. A claim that was slow on its way must not find the register empty and be
 * taken for new: it would bring back a state that is long out of date.
 *
 * Each method is one turn of synchronous writes and may be repeated, late and out of order.
 * Not its job: keeping rows (register-store.ts), moving state (custody.ts).
 * @module
 */
import type { Region } from "../../mesh/region.ts";

/** The right to hold a node's state from an epoch on; of each epoch, one region's is accepted. */
export interface Claim {
  epoch: number;
  region: Region;
}

/** Whether a node takes asks, as an admin set it. */
export type ServiceState = "up" | "drained" | "failed";

export interface ServiceStatus {
  state: ServiceState;
  /** Grows with each change: of two, the higher one holds. */
  version: number;
}

export interface RegisterRow {
  node: string;
  /** The newest claim that was accepted; null where an admin was here before any ask. */
  claim: Claim | null;
  /** Newest first. Empty: the state is that of an untouched node, and nobody holds another. */
  sources: Claim[];
  service: ServiceStatus;
}

/** Synchronous: what one method saves is durable as a whole. */
export interface RegisterRows {
  load(node: string): RegisterRow | null;
  save(row: RegisterRow): void;
  /** Rows whose node is not up. */
  notUp(): RegisterRow[];
}

export interface ClaimRequest extends Claim {
  node: string;
  /** The epoch of what the claimer has on disk; it has nothing of its other claims, and never will. */
  holds: number | null;
}

export type Claimed =
  /** The sources without this very claim: the state is that of the newest that has any. */
  | { ok: true; sources: Claim[]; service: ServiceStatus }
  | { ok: false; holder: Claim };

const UP: ServiceStatus = { state: "up", version: 0 };

export class Register {
  readonly #rows: RegisterRows;

  constructor(rows: RegisterRows) {
    this.#rows = rows;
  }

  /** Where claims to a node meet: what is accepted here is newer than all that was before. */
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

  /** The claimer has the state on disk: what older sources have is out of date. */
  confirm(node: string, claim: Claim): void {
    const row = this.#row(node);
    const at = row.sources.findIndex((source) => same(source, claim));
    if (at < 0 || at === row.sources.length - 1) return;
    this.#rows.save({ ...row, sources: row.sources.slice(0, at + 1) });
  }

  /** The holder let the state go, as it is an untouched node's again. Too late is no harm. */
  release(node: string, claim: Claim): void {
    const row = this.#row(node);
    if (!row.claim || !same(row.claim, claim) || row.sources.length === 0) return;
    this.#rows.save({ ...row, sources: [] });
  }

  /** @returns the claim whose object is to be told; null where there is none: the next claimer is told */
  setService(node: string, state: ServiceState): { service: ServiceStatus; holder: Claim | null } {
    const row = this.#row(node);
    const service = { state, version: row.service.version + 1 };
    this.#rows.save({ ...row, service });
    return { service, holder: row.sources.at(0) ?? null };
  }

  /** Every node that is not up. */
  services(): { node: string; service: ServiceStatus }[] {
    return this.#rows.notUp().map(({ node, service }) => ({ node, service }));
  }

  #row(node: string): RegisterRow {
    return this.#rows.load(node) ?? { node, claim: null, sources: [], service: UP };
  }
}

const same = (a: Claim, b: Claim): boolean => a.epoch === b.epoch && a.region === b.region;
