/**
 * Reads OMM CSV: a header of keywords in any order, then a record a line (RFC 4180, but no line breaks
 * within quotes: no keyword has a use for them, and so a lost quote costs one line, not the file).
 * @module
 */
import { type Line, Lines } from "./lines.ts";
import { readOmm, REQUIRED_KEYWORDS } from "./omm.ts";
import { bad, excerpt, good, type ReadOutcome, type RecordReader } from "./record.ts";

export function ommCsvReader(): RecordReader {
  const lines = new Lines();
  let header: string[] | null = null;

  const take = ({ line, text }: Line): ReadOutcome[] => {
    if (text.trim() === "") return [];
    const fields = splitFields(text);
    if (!header) {
      header = fields?.map((field) => field.trim().toUpperCase()) ?? [];
      const reason = headerProblem(header);
      if (reason === null) return [];
      header = [];
      return [bad(line, "header", reason)];
    }
    // The header was refused, and complained of: no line after it can be read.
    if (header.length === 0) return [];
    if (!fields) {
      return [bad(line, excerpt(text), "A quote is not closed, or stands within a field")];
    }
    const record = new Map(header.map((keyword, i) => [keyword, fields[i]]));
    const label = excerpt(record.get("OBJECT_NAME") || record.get("NORAD_CAT_ID") || text);
    if (fields.length !== header.length) {
      return [bad(line, label, `${fields.length} fields: the header has ${header.length}`)];
    }
    const read = readOmm(record);
    return [read.ok ? good(line, read.record) : bad(line, label, read.reason)];
  };

  return {
    push: (text) => lines.push(text).flatMap(take),
    end: () => lines.end().flatMap(take),
  };
}

function headerProblem(header: readonly string[]): string | null {
  const missing = REQUIRED_KEYWORDS.filter((keyword) => !header.includes(keyword));
  if (missing.length > 0) return `The header lacks ${missing.join(", ")}`;
  const twice = header.find((keyword, i) => keyword !== "" && header.indexOf(keyword) !== i);
  return twice ? `The header has ${excerpt(twice)} twice` : null;
}

/** Null if quotes do not pair up. */
function splitFields(text: string): string[] | null {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let field: string;
    if (text[at] === '"') {
      const match = /"((?:[^"]|"")*)"/y;
      match.lastIndex = at;
      const quoted = match.exec(text);
      if (!quoted) return null;
      field = quoted[1].replaceAll('""', '"');
      at = match.lastIndex;
    } else {
      const comma = text.indexOf(",", at);
      field = text.slice(at, comma < 0 ? text.length : comma);
      at += field.length;
      if (field.includes('"')) return null;
    }
    fields.push(field);
    if (at === text.length) return fields;
    if (text[at] !== ",") return null;
    at++;
  }
}
