/**
 * The versions of what objects of two releases say to each other, or leave on disk for each other.
 *
 * A deployment reaches isolates and objects one by one, and a rollback undoes it, so each release
 * talks with the one before and the one after it. The rules:
 * - A new field that may be missing needs no new version, except in an execution. A reader ignores
 *   fields that it does not know, keeps them where it forwards or writes again, and fills defaults
 *   for fields that an older release did not send.
 * - A version rises when a field comes to mean something else, or is no longer sent. A reader
 *   refuses a newer version than it knows: a message by a value that its caller takes for "ask
 *   elsewhere, or later", a row by an error before anything is changed.
 * - An answer is of its question's version or an older one, so that the caller can read it.
 * - A missing version is version 0: release 7ab9cf5.
 *
 * An execution is the exception to the first rule, as it ends in columns: the ledger writes those
 * that this release knows, and once it has, the collector forgets the rest.
 * - A new field of a receipt or placement raises `execution`. A collector that does not know the
 *   version sets the execution aside whole; after the upgrade an operator retries it, and no field is
 *   lost. Its charge is waived if the ledger has closed its lease meanwhile (docs/budgets.md).
 *   Release 7ab9cf5 reads no versions and drops the field.
 * - If the isolate fills the field (Job.bill, Job.placement) it raises `job` too, since a node stamps
 *   what it hands on with the version of its own release. So that no ask is refused during that
 *   deployment, one release may read the field and the next one begin to send it.
 * - `trace` is of no account and raises nothing: whoever does not know it hands it on, and the ledger drops
 *   it.
 * - A field that comes without a raised version, against this rule, passes outbox and inbox and is
 *   dropped at the ledger (ledger/record-executions.ts).
 *
 * Calls without a version take and give scalars, or objects of which the first rule holds:
 * - Collector: backlog, holding, poison, retry; collect, collectText and commit, whose executions have
 *   versions each.
 * - Registrar: setService, services, attach, detach, board, boards.
 * - OrbitalNode: thinkUpstream, whose job has a version, and settleUpstream;
 *   serve, whose status has a number that only rises; revokeBoard, boardModel, withdraw, slow.
 * - Tenant: renew, balance.
 * - LedgerCache: key, adminKey, boardKey, announce, prices, readiness, forget, renewPrices, models,
 *   renewModels, counts.
 * - IdempotencyStore: begin, beat, finish, release, part; a sealed answer has a version of its own.
 * - AlmanacKeeper: knot, catalogue, whose bytes have versions of their own; newest.
 * Such a call is safe between two releases if it means the same in both. So one that comes to mean
 * something else gets another name, or a kind here: an object without a method of that name rejects,
 * and the caller answers 503, waits, or works on without.
 * Not its job: tables (migrate.ts), nor JSON that only the store which wrote it reads.
 * @module
 */

/** The version of each form that this release writes, and the newest that it reads. */
export const VERSIONS = {
  /**
   * What an isolate asks of a node (node/job.ts); 2 has an uploaded model in it, 3 is tentative, 4 is placed
   * by a radio profile other than `light`.
   */
  job: 4,
  /**
   * An execution in an outbox, in an inbox and between the two (ledger/execution.ts); 2 has tokens in its
   * receipt, 3 a radio profile in its placement, and one without either is of version 1
   * (executionVersion()).
   */
  execution: 3,
  /**
   * Claims, sources and hand-overs of a node's state, and the state itself, in messages and on disk.
   */
  custody: 1,
  /** Which node an object serves, on disk (node-address.ts). */
  address: 1,
  /** What a wallet asks of its tenant's book (mesh/billing/lease.ts). */
  wallet: 1,
  /** What a ledger cache keeps of the ledger's answers. */
  cached: 1,
} as const;

/** A form that has a version. */
export type VersionedKind = keyof typeof VERSIONS;

/** A message or row that says its version. */
export interface Versioned {
  /** Counts from 1; missing: 0, release 7ab9cf5. */
  v?: number;
}

/** A copy of a message or row that says the version of this release. */
export const stamped = <T extends object>(kind: VersionedKind, value: T): T & Versioned => ({
  ...value,
  v: VERSIONS[kind],
});

/**
 * Whether this release can read a message or row.
 * @returns false if a newer release has written it
 */
export const isReadable = (kind: VersionedKind, { v = 0 }: Versioned): boolean =>
  v <= VERSIONS[kind];

/**
 * A copy of a message or row without its version.
 * @throws Error if a newer release has written it
 */
export function unstamped<T extends object>(
  kind: VersionedKind,
  value: T & Versioned,
): Omit<T, "v"> {
  const { v, ...rest } = value;
  if (isReadable(kind, value)) return rest;
  throw new Error(
    `${kind} of version ${v} was written by a newer release; this one reads up to ${
      VERSIONS[kind]
    }: deploy the newer one again`,
  );
}

/** The answer to a message of a newer version: nothing has changed, ask again later. */
export interface Unread {
  unread: true;
}

/** The only value of Unread. */
export const UNREAD: Unread = { unread: true };

/** Tells Unread from any other answer of an object. */
export const isUnread = (answer: unknown): answer is Unread =>
  typeof answer === "object" && answer !== null && "unread" in answer;
