/**
 * Tells by its beginning what a catalogue file holds. A file's name says little: CelesTrak serves every
 * format as gp.php.
 * @module
 */
import { ommCsvReader } from "./omm-csv.ts";
import { ommJsonReader } from "./omm-json.ts";
import { excerpt, type RecordReader } from "./record.ts";
import { tleReader } from "./tle.ts";

/** A format of catalogue files that can be read. */
export type CatalogueFormat = "OMM JSON" | "OMM CSV" | "TLE";

/** Makes the reader of a format; one reader reads one file. */
export const READERS: Record<CatalogueFormat, () => RecordReader> = {
  "OMM JSON": ommJsonReader,
  "OMM CSV": ommCsvReader,
  "TLE": tleReader,
};

/** Enough of a file to tell its format by: a name, both element lines, or a CSV header. */
export const HEAD_CHARS = 4_096;

const COMPRESSED = [["\x1f", "gzip"], ["PK\x03\x04", "ZIP"], ["BZh", "bzip2"]] as const;

export type Detected = { ok: true; format: CatalogueFormat } | { ok: false; reason: string };

/**
 * Tells the format of a file by its beginning.
 * @param head the file's first HEAD_CHARS characters, or all of a shorter file
 */
export function detectFormat(head: string): Detected {
  const text = head.replace(/^[\uFEFF\s]+/, "");
  if (text === "") return { ok: false, reason: "It is empty" };
  if (/^[[{]/.test(text) || /"NORAD_CAT_ID"\s*:/i.test(text)) {
    return { ok: true, format: "OMM JSON" };
  }
  const compressed = COMPRESSED.find(([magic]) => text.startsWith(magic));
  if (compressed) {
    return { ok: false, reason: `It is compressed (${compressed[1]}): unpack it first` };
  }
  // Read as one long line it would be neither a TLE nor a CSV.
  if (text.includes("\r") && !text.includes("\n")) {
    return {
      ok: false,
      reason:
        "Its lines end with a carriage return alone (CR, as of old): write them with LF or CR LF",
    };
  }
  const [first] = text.split("\n");
  if (/,/.test(first) && /MEAN_MOTION|ECCENTRICITY|NORAD_CAT_ID/i.test(first)) {
    return { ok: true, format: "OMM CSV" };
  }
  if (/^[12] .{50,}$/m.test(text)) return { ok: true, format: "TLE" };
  return { ok: false, reason: otherwise(text) };
}

function otherwise(text: string): string {
  if (/^<(!doctype )?html/i.test(text)) return "It is a web page, not a catalogue";
  if (text.startsWith("<") || text.startsWith("CCSDS_OMM_VERS")) {
    return "It is OMM as XML or KVN: OMM JSON and CSV can be read, and TLE";
  }
  return `It is neither OMM JSON or CSV nor TLE: it begins with "${excerpt(text)}"`;
}
