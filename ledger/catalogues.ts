/**
 * Keeps packed catalogues, so that every isolate finds the newest and reads it whole.
 * Not its job: what the bytes mean (mesh/orbit/catalogue.ts).
 * @module
 */

import { asc, desc, eq, gt } from "drizzle-orm";
import type { InStatement } from "@libsql/client/web";
import { CATALOGUE_BYTES_MAX } from "../mesh/orbit/catalogue.ts";
import type { Ledger } from "./client.ts";
import { catalogues } from "./schema/catalogues.ts";

/** A catalogue in the ledger; `created_at_ms` is when it last became the newest, real clock. */
export interface StoredCatalogue {
  name: string;
  created_at_ms: number;
}

// A chunk is one row and, read back, one answer. A row may have 2 MB, an answer 10 MB.
const CHUNK_BYTES = 512 * 1024;
// One request, in base64: 13 MB of the 16 MB that the emulator's bridge takes.
const CHUNKS_PER_REQUEST = 19;
// A catalogue counts from its last request on: until then it is older than any.
const INCOMPLETE_MS = 0;

/**
 * Saves a catalogue: it is there whole or not at all. The same again changes nothing; the same later on
 * makes it the newest once more, so that an import can be taken back.
 * @throws RangeError for no bytes
 */
export async function saveCatalogue(
  ledger: Ledger,
  { name, bytes, created_at_ms }: StoredCatalogue & { bytes: ArrayBuffer },
): Promise<void> {
  const { byteLength } = bytes;
  if (byteLength < 1 || byteLength > CATALOGUE_BYTES_MAX) {
    throw new RangeError(
      `Cannot save a catalogue of ${byteLength} bytes: must be 1 to ${CATALOGUE_BYTES_MAX}`,
    );
  }
  const chunks: InStatement[] = [];
  for (let number = 0; number * CHUNK_BYTES < byteLength; number++) {
    chunks.push({
      sql: "INSERT INTO catalogue_chunks (catalogue, number, content) VALUES (?, ?, ?) " +
        "ON CONFLICT (catalogue, number) DO NOTHING",
      args: [name, number, bytes.slice(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES)],
    });
  }
  for (let from = 0; from < chunks.length; from += CHUNKS_PER_REQUEST) {
    const isLast = from + CHUNKS_PER_REQUEST >= chunks.length;
    const head: InStatement = {
      sql:
        "INSERT INTO catalogues (name, bytes, created_at_ms) VALUES (?, ?, ?) ON CONFLICT (name) " +
        "DO UPDATE SET created_at_ms = max(created_at_ms, excluded.created_at_ms)",
      args: [name, byteLength, isLast ? created_at_ms : INCOMPLETE_MS],
    };
    const some = chunks.slice(from, from + CHUNKS_PER_REQUEST);
    await ledger.$client.batch([head, ...some], "write");
  }
}

/**
 * The catalogue that was saved last; of several at one instant, the first by name.
 * @returns null if the ledger has none
 */
export async function newestCatalogue(ledger: Ledger): Promise<StoredCatalogue | null> {
  const [newest] = await ledger
    .select({ name: catalogues.name, created_at_ms: catalogues.created_at_ms }).from(catalogues)
    .where(gt(catalogues.created_at_ms, INCOMPLETE_MS))
    .orderBy(desc(catalogues.created_at_ms), asc(catalogues.name)).limit(1);
  return newest ?? null;
}

/**
 * Reads a catalogue as it was saved.
 * @param name as `StoredCatalogue.name` says
 * @returns null if the ledger does not have this catalogue
 * @throws Error if a part of it is missing or has the wrong size
 */
export async function loadCatalogue(ledger: Ledger, name: string): Promise<ArrayBuffer | null> {
  const [found] = await ledger.select({ bytes: catalogues.bytes }).from(catalogues)
    .where(eq(catalogues.name, name));
  if (!found) return null;
  const whole = new Uint8Array(found.bytes);
  // One chunk an answer: a libSQL server answers 10 MB at most. Chunks never change, so it does not
  // matter that these are several reads.
  for (let number = 0; number * CHUNK_BYTES < found.bytes; number++) {
    const { rows: [row] } = await ledger.$client.execute({
      sql: "SELECT content FROM catalogue_chunks WHERE catalogue = ? AND number = ?",
      args: [name, number],
    });
    const content = row?.content;
    const from = number * CHUNK_BYTES;
    const expected = Math.min(CHUNK_BYTES, found.bytes - from);
    if (!(content instanceof ArrayBuffer) || content.byteLength !== expected) {
      throw new Error(`The ledger holds catalogue ${name} in part: chunk ${number} is not whole`);
    }
    whole.set(new Uint8Array(content), from);
  }
  return whole.buffer;
}
