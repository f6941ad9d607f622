/**
 * Reads OMM JSON, record by record: an array of flat objects, one object, or one object a line.
 *
 * A record runs from a `{` to the next `}`: catalogues write no objects in objects and no braces in
 * text. So a broken quote or brace costs the record that it is in, not the rest of the file, and no
 * more than one record is held, whether the file has line breaks or not.
 * @module
 */
import { readOmm } from "./omm.ts";
import { bad, excerpt, good, type ReadOutcome, type RecordReader } from "./record.ts";

// The longest real record, of Space-Track, has about 1,500 characters.
const RECORD_CHARS_MAX = 16_384;
// Between records stand a comma and white space.
const BETWEEN_CHARS_MAX = 1_024;

export function ommJsonReader(): RecordReader {
  const splitter = new Splitter();
  return { push: (text) => splitter.push(text), end: () => splitter.end() };
}

class Splitter {
  #inside = false;
  #text = "";
  #line = 1;
  #startLine = 1;
  #records = 0;
  #array = false;

  push(text: string): ReadOutcome[] {
    const out: ReadOutcome[] = [];
    let from = 0;
    for (const { index, 0: mark } of text.matchAll(/[{}\n]/g)) {
      if (mark === "\n") {
        this.#line++;
        continue;
      }
      if (mark === "}" && !this.#inside) continue;
      this.#gather(text.slice(from, mark === "}" ? index + 1 : index));
      from = mark === "}" ? index + 1 : index;
      out.push(...(this.#inside ? this.#closeRecord(mark) : this.#closeBetween(false)));
      this.#inside = mark === "{";
      this.#startLine = this.#line;
      if (this.#inside) this.#records++;
    }
    this.#gather(text.slice(from));
    return out;
  }

  end(): ReadOutcome[] {
    if (!this.#inside) return this.#closeBetween(true);
    const label = this.#label(this.#text);
    return [bad(this.#startLine, label, "The file ends within this record: was it cut short?")];
  }

  #gather(text: string): void {
    const max = this.#inside ? RECORD_CHARS_MAX : BETWEEN_CHARS_MAX;
    // One character over says that it was too long.
    if (this.#text.length <= max) this.#text += text.slice(0, max + 1 - this.#text.length);
  }

  #closeRecord(mark: string): ReadOutcome[] {
    const text = this.#text;
    this.#text = "";
    const label = this.#label(text);
    const complain = (reason: string) => [bad(this.#startLine, label, reason)];
    if (text.length > RECORD_CHARS_MAX) {
      return complain(`The record has more than ${RECORD_CHARS_MAX} characters`);
    }
    if (mark === "{") return complain("The record has no end: another begins within it");
    let parsed: Record<string, unknown>;
    try {
      parsed = JSON.parse(text);
    } catch {
      return complain("The record is not valid JSON");
    }
    // As the CSV reader does: some tools write keywords in lower case.
    const fields = Object.entries(parsed).map(([key, value]) =>
      [key.toUpperCase(), value] as const
    );
    const read = readOmm(new Map(fields));
    return read.ok ? [good(this.#startLine, read.record)] : complain(read.reason);
  }

  /** What stands before, between and after records. */
  #closeBetween(last: boolean): ReadOutcome[] {
    const text = this.#text.replace(/^\uFEFF/, "");
    this.#text = "";
    const first = this.#records === 0;
    if (first && !last && /^\s*\[\s*$/.test(text)) {
      this.#array = true;
      return [];
    }
    const lead = /^[\s,]*/.exec(text)![0];
    const strange = text.slice(lead.length).trimEnd();
    if (last && this.#array && strange === "") {
      return [bad(this.#line, "end of file", "The array has no end: was the file cut short?")];
    }
    if (strange === "" || (last && (this.#array || first) && /^\[?\s*\]$/.test(strange))) return [];
    const line = this.#startLine + lead.split("\n").length - 1;
    return [bad(line, excerpt(strange), "This stands between records and belongs to none")];
  }

  #label(text: string): string {
    const name = /"OBJECT_NAME"\s*:\s*"([^"]*)"/i.exec(text)?.[1] ??
      /"NORAD_CAT_ID"\s*:\s*"?(\d+)/i.exec(text)?.[1] ?? text;
    return `#${this.#records} ${excerpt(name)}`;
  }
}
