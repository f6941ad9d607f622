/**
 * The versions of what objects of two releases say to each other, or leave on disk for each other.
 *
 * A deployment reaches isolates and objects one by one, and a rollback undoes it, so each release talks
 * with the one before and the one after it. The rules:
 * - A new field that may be missing needs no new version. A reader ignores what it does not know, keeps it
 *   where it forwards or writes again, and fills a default for what an older release did not say.
 * - A version rises when a field comes to mean something else, or is no longer sent. A reader refuses a newer
 *   version than it knows: a message by a value that its caller takes for "ask elsewhere, or later",
 *   a row by an error before anything is changed.
 * - An answer is of its question's version or an older one, so that who asks can read it.
 * - No version is version 0: release 7ab9cf5.
 *
 * An execution passes through the objects whole. The ledger is where a field that this release does not know is
 * dropped (ledger/record-executions.ts): its columns have migrations of their own.
 * Not its job: tables (migrate.ts); JSON that only the store which wrote it reads goes with those.
 * @module
 */

export const VERSIONS = {
  /** What an isolate asks of a node (node/job.ts). */
  job: 1,
  /** An execution in an outbox, in an inbox and between them (ledger/execution.ts). */
  execution: 1,
  /** Claims and hand-overs of a node's state, and the state itself, on its way and on disk. */
  custody: 1,
  /** Which node an object is, on disk (node-address.ts). */
  address: 1,
  /** What a wallet asks of its tenant's book (mesh/billing/lease.ts). */
  wallet: 1,
  /** What a ledger cache keeps of the ledger's answers. */
  cached: 1,
} as const;

export type Kind = keyof typeof VERSIONS;

export interface Versioned {
  v?: number;
}

export const stamped = <T extends object>(kind: Kind, value: T): T & Versioned => ({
  ...value,
  v: VERSIONS[kind],
});

export const isReadable = (kind: Kind, { v = 0 }: Versioned): boolean => v <= VERSIONS[kind];

/** What was stamped, without its version; throws if a newer release has written it. */
export function unstamped<T extends object>(kind: Kind, value: T & Versioned): Omit<T, "v"> {
  const { v, ...rest } = value;
  if (isReadable(kind, value)) return rest;
  throw new Error(
    `${kind} of version ${v} was written by a newer release; this one reads up to ${
      VERSIONS[kind]
    }: deploy the newer one again`,
  );
}

/** The answer to a message of a newer version: nothing has happened, ask again later. */
export interface Unread {
  unread: true;
}

export const UNREAD: Unread = { unread: true };

export const isUnread = (answer: unknown): answer is Unread =>
  typeof answer === "object" && answer !== null && "unread" in answer;
