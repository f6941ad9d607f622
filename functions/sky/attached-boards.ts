/**
 * Which nodes have a board attached, by the registrars. Only what needs a board asks for it, and waits
 * for it: an isolate that has none of these asks never does.
 * @module
 */
import { logger } from "../../contract/log.ts";
import { allRegistrars } from "../../durable-objects/names.ts";
import type { AttachedBoard } from "../../durable-objects/registrar/attached-boards.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Hints } from "../../mesh/placement/hints.ts";

// Each asking is a call to every registrar; a board that has just come is found after this at the latest.
const KEPT_MS = 2_000;

const log = logger();

interface Heard {
  at_ms: number;
  boards: ReadonlyMap<number, AttachedBoard>;
}

const heard = new WeakMap<Hints, Heard>();

/**
 * Asks the registrars, unless that was done a moment ago, and replaces `hints.boards`. If they do not
 * answer, what was known stays. Never rejects.
 * @param now_ms real clock
 * @returns the boards by the index of their node
 */
export async function attachedBoards(
  env: Env,
  constellation: Constellation,
  hints: Hints,
  now_ms: number,
): Promise<ReadonlyMap<number, AttachedBoard>> {
  const known = heard.get(hints);
  if (known && Math.abs(now_ms - known.at_ms) < KEPT_MS) return known.boards;
  try {
    const shards = await Promise.all(allRegistrars(env).map((registrar) => registrar.boards()));
    const boards = new Map<number, AttachedBoard>();
    for (const board of shards.flat()) {
      const index = constellation.indexOf(board.node);
      if (index >= 0) boards.set(index, board);
    }
    heard.set(hints, { at_ms: now_ms, boards });
    hints.boards = new Set(boards.keys());
    return boards;
  } catch (error) {
    log.warn("The registrars did not say which boards are attached", { error });
    return known?.boards ?? new Map();
  }
}
