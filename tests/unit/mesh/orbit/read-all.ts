/**
 * Drives a reader over a whole text, as the tests want it.
 * @module
 */
import assert from "node:assert/strict";
import type { Complaint, ReadOutcome, RecordReader } from "../../../../mesh/orbit/import/record.ts";
import type { CatalogueRecord } from "../../../../mesh/orbit/catalogue.ts";
import type { Random } from "../../../support/random.ts";

export interface AllRead {
  records: CatalogueRecord[];
  complaints: Complaint[];
}

export function readAll(reader: RecordReader, ...pieces: string[]): AllRead {
  const outcomes: ReadOutcome[] = pieces.flatMap((piece) => reader.push(piece));
  outcomes.push(...reader.end());
  return {
    records: outcomes.flatMap((outcome) => outcome.ok ? [outcome.record] : []),
    complaints: outcomes.flatMap((outcome) => outcome.ok ? [] : [outcome.complaint]),
  };
}

/** Pieces of any length, some of them empty. */
export function anyCut(text: string, random: Random): string[] {
  const pieces: string[] = [];
  const longest = random.pick([1, 3, 80, 1_000]);
  for (let at = 0; at < text.length;) {
    const length = random.integer(0, longest);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** One complaint of this line, and these numbers read. */
export function assertOneComplaint(
  { records, complaints }: AllRead,
  { line, reason, numbers }: { line: number; reason: RegExp; numbers: number[] },
  label: string,
): void {
  assert.deepEqual(
    complaints.map((c) => c.line),
    [line],
    `${label}: ${JSON.stringify(complaints)}`,
  );
  assert.match(complaints[0].reason, reason, label);
  assert.deepEqual(records.map((r) => r.number), numbers, label);
}
