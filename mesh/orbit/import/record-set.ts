/**
 * Gathers the records of a file, one for each catalogue number: of several, the newest epoch counts.
 * @module
 */
import type { CatalogueRecord } from "../catalogue.ts";
import type { Complaint } from "./record.ts";

/** Records of one file, at most one for each catalogue number. */
export class RecordSet {
  readonly #records = new Map<number, { line: number; record: CatalogueRecord }>();

  /** How many records count so far. */
  get size(): number {
    return this.#records.size;
  }

  /**
   * Takes a record in. Of two records of one number the newer epoch counts; of equal epochs, the
   * first.
   * @param line where the record begins in the file, from 1
   * @returns a complaint about the record that does not count; null if the number is new
   */
  add(line: number, record: CatalogueRecord): Complaint | null {
    const other = this.#records.get(record.number);
    if (!other) {
      this.#records.set(record.number, { line, record });
      return null;
    }
    const newer = record.elements.epoch > other.record.elements.epoch;
    if (newer) this.#records.set(record.number, { line, record });
    const [lost, kept] = newer ? [other, line] : [{ line, record }, other.line];
    const same = record.elements.epoch === other.record.elements.epoch;
    return {
      line: lost.line,
      record: lost.record.name || String(record.number),
      reason: `Number ${record.number} is on line ${kept} too, of ${
        same ? "the same" : "a newer"
      } epoch: that one counts`,
    };
  }

  /** The records that count, in the order in which their numbers first appeared. */
  values(): CatalogueRecord[] {
    return Array.from(this.#records.values(), ({ record }) => record);
  }
}
