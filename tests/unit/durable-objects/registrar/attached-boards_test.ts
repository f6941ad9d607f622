import assert from "node:assert/strict";
import {
  type AttachedBoard,
  AttachedBoards,
} from "../../../../durable-objects/registrar/attached-boards.ts";
import { REGISTRAR_MIGRATIONS } from "../../../../durable-objects/registrar/migrations.ts";
import { migrateObject } from "../../../../durable-objects/shared/migrate.ts";
import { memoryDisk } from "../../../support/memory-sql.ts";

const MINUTE_MS = 60_000;

const board = (node: string, session: string): AttachedBoard => ({
  node,
  session,
  region: "weur",
  attached_at_ms: 0,
  runtime: "test",
  energy_source: null,
  declared_w: null,
});

function boards(): AttachedBoards {
  const disk = memoryDisk();
  migrateObject(disk, REGISTRAR_MIGRATIONS);
  return new AttachedBoards(disk.sql);
}

Deno.test("a board is listed while it is heard of, and forgotten two reports after its last word", () => {
  const all = boards();
  all.note(board("b", "1"), 0);
  all.note(board("a", "2"), 0);
  assert.deepEqual(all.all(2 * MINUTE_MS).map(({ node }) => node), ["a", "b"]);
  all.note(board("b", "1"), MINUTE_MS);
  assert.deepEqual(all.all(3 * MINUTE_MS).map(({ node }) => node), ["b"]);
  assert.equal(all.of("a", 3 * MINUTE_MS), null);
  assert.deepEqual(all.of("b", 3 * MINUTE_MS), board("b", "1"));
});

Deno.test("the end of an earlier connection does not take away the one that came after it", () => {
  const all = boards();
  all.note(board("a", "old"), 0);
  all.note(board("a", "new"), 1);
  all.drop("a", "old");
  assert.equal(all.of("a", 2)?.session, "new");
  all.drop("a", "new");
  assert.equal(all.of("a", 2), null);
});
