/**
 * What the objects of a stopped mesh have on disk of their nodes' custody, read by plain SQL.
 * @module
 */
import assert from "node:assert/strict";
import type { Json } from "../support/mesh.ts";
import { objectFiles, readFile } from "../support/mesh-process.ts";

/** A state that left one object for another, as one of the two wrote it down. */
export interface CrossingRow {
  kind: "sealed" | "received";
  of: number;
  epoch: number;
  peer: string;
  state: Json;
}

/** One region's object of one node. */
export interface ObjectOnDisk {
  node: string;
  region: string;
  known_epoch: number | null;
  known_region: string | null;
  held_epoch: number | null;
  state: Json;
  crossings: CrossingRow[];
}

export async function readObjects(data: string): Promise<ObjectOnDisk[]> {
  const objects: ObjectOnDisk[] = [];
  for (const path of await objectFiles(data, "OrbitalNode")) {
    assert.equal(readFile(path, "PRAGMA integrity_check")[0].integrity_check, "ok");
    // A kill can come between the making of an object and what it is told first.
    const [made] = readFile(path, "SELECT 1 FROM sqlite_master WHERE name = 'custodies'");
    const [custody] = made ? readFile(path, "SELECT * FROM custodies") : [];
    if (!custody) continue;
    const [{ address }] = readFile(path, "SELECT address FROM addresses");
    const { node, region } = JSON.parse(address);
    const crossings = readFile(path, "SELECT * FROM crossings ORDER BY id").map((row) => ({
      kind: row.kind,
      of: row.of_epoch,
      epoch: row.epoch,
      peer: row.peer,
      state: JSON.parse(row.state),
    }));
    const { known_epoch, known_region, held_epoch } = custody;
    const state = JSON.parse(custody.state);
    objects.push({ node, region, known_epoch, known_region, held_epoch, state, crossings });
  }
  return objects;
}
