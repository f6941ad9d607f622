/**
 * Which nodes have a board attached, and what the board says that it is: so that asks which only a
 * board can run find one, without a call to each node. A node's object tells of its board when it
 * comes, once a minute while it stays, and when it goes; what it has not told for longer is over.
 * Not its job: the connection itself, which only the node's object knows.
 * @module
 */
import { type Hello, REPORT_MS } from "../../contract/board.ts";
import type { Region } from "../../mesh/region.ts";
import type { Sql } from "../shared/sql.ts";

// Two reports of a board may be lost before it counts as gone.
const KEPT_MS = 2.5 * REPORT_MS;
// Isolates read the list whole; a mesh with more boards than this needs another way to find them.
const LISTED_MAX = 500;

/** One attached board. */
export interface AttachedBoard extends Pick<Hello, "runtime" | "energy_source" | "declared_w"> {
  /** The node's id. */
  node: string;
  /** Of the connection: a late word about an earlier one changes nothing. */
  session: string;
  /** Whose object it is attached to. */
  region: Region;
  /** Real clock, ms since 1970. */
  attached_at_ms: number;
}

/** The boards of a registrar's share of the nodes, in its SQLite. */
export class AttachedBoards {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Notes that a board is attached, in place of what was known of its node. */
  note(board: AttachedBoard, now_ms: number): void {
    this.#sql.exec("DELETE FROM boards WHERE seen_at_ms <= ?", now_ms - KEPT_MS);
    this.#sql.exec(
      `INSERT INTO boards (node, session, seen_at_ms, board) VALUES (?, ?, ?, ?)
       ON CONFLICT (node) DO UPDATE SET session = excluded.session,
         seen_at_ms = excluded.seen_at_ms, board = excluded.board`,
      board.node,
      board.session,
      now_ms,
      JSON.stringify(board),
    );
  }

  /** Forgets a board, unless the node has another connection by now. */
  drop(node: string, session: string): void {
    this.#sql.exec("DELETE FROM boards WHERE node = ? AND session = ?", node, session);
  }

  /** The board of one node. @returns null if none is known */
  of(node: string, now_ms: number): AttachedBoard | null {
    const [row] = this.#sql.exec<{ board: string }>(
      "SELECT board FROM boards WHERE node = ? AND seen_at_ms > ?",
      node,
      now_ms - KEPT_MS,
    ).toArray();
    return row ? JSON.parse(row.board) : null;
  }

  /** All boards, by node. */
  all(now_ms: number): AttachedBoard[] {
    return this.#sql.exec<{ board: string }>(
      "SELECT board FROM boards WHERE seen_at_ms > ? ORDER BY node LIMIT ?",
      now_ms - KEPT_MS,
      LISTED_MAX,
    ).toArray().map(({ board }) => JSON.parse(board));
  }
}
