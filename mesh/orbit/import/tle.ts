/**
 * Reads a TLE file: pairs of element lines, each with or without a name line before it.
 * A broken line is told once, with its number, and costs its own record only.
 * @module
 */
import type { CatalogueRecord } from "../catalogue.ts";
import { type Line, Lines } from "./lines.ts";
import {
  bad,
  cleanName,
  excerpt,
  good,
  type ReadOutcome,
  type RecordReader,
  unfit,
} from "./record.ts";
import { type Line1, readLine1, readLine2 } from "./tle-line.ts";

// Names have 24 characters at most in this format: a longer line was meant to be an element line.
const NAME_LINE_CHARS_MAX = 50;

/** Line 1, read or found broken (and complained of); waits for its line 2. */
interface First extends Line {
  fields: Line1 | null;
}

export function tleReader(): RecordReader {
  const lines = new Lines();
  const pairs = new Pairs();
  return {
    push: (text) => lines.push(text).flatMap((line) => pairs.take(line)),
    end: () => [...lines.end().flatMap((line) => pairs.take(line)), ...pairs.abandon()],
  };
}

class Pairs {
  #name: Line | null = null;
  #first: First | null = null;

  take({ line, text: raw }: Line): ReadOutcome[] {
    const text = raw.trimEnd();
    if (text === "") return [];
    if (/^1 /.test(text)) return this.#takeFirst({ line, text });
    if (/^2 /.test(text)) return this.#takeSecond({ line, text });
    if (text.length > NAME_LINE_CHARS_MAX) return this.#takeDamaged({ line, text });
    const left = this.abandon();
    this.#name = { line, text };
    return left;
  }

  /** Complains of what has waited in vain for the line after it. */
  abandon(): ReadOutcome[] {
    const [name, first] = [this.#name, this.#first];
    this.#name = this.#first = null;
    if (first) {
      return first.fields
        ? [bad(first.line, labelOf(name, first.text), "Line 1 has no line 2 after it")]
        : [];
    }
    return name ? [bad(name.line, labelOf(name, ""), "A name without elements after it")] : [];
  }

  #takeFirst({ line, text }: Line): ReadOutcome[] {
    const left = this.#first ? this.abandon() : [];
    const read = readLine1(text);
    this.#first = { line, text, fields: read.ok ? read.fields : null };
    return read.ok ? left : [...left, bad(line, labelOf(this.#name, text), read.reason)];
  }

  #takeSecond({ line, text }: Line): ReadOutcome[] {
    const [name, first] = [this.#name, this.#first];
    const label = labelOf(name, text);
    const read = readLine2(text);
    if (!first) {
      if (read.ok) {
        this.#name = null;
        return [bad(line, label, "Line 2 has no line 1 before it")];
      }
      // Most likely line 1 with its first character damaged: the line 2 to come belongs to it.
      this.#first = { line, text, fields: null };
      return [bad(line, label, read.reason)];
    }
    this.#name = this.#first = null;
    if (!read.ok) return [bad(line, label, read.reason)];
    if (!first.fields) return [];
    const { number, epoch, bstar } = first.fields;
    const { number: other, ...angles } = read.fields;
    if (other !== number) {
      return [bad(line, label, `Line 2 is of ${other}, line 1 of ${number}`)];
    }
    const record: CatalogueRecord = {
      number,
      name: name ? nameOf(name) : "",
      elements: { epoch, bstar, ...angles },
    };
    const reason = unfit(record);
    return [reason === null ? good(first.line, record) : bad(first.line, label, reason)];
  }

  /** An element line that has lost its first characters stands for whichever was due. */
  #takeDamaged({ line, text }: Line): ReadOutcome[] {
    const label = labelOf(this.#name, text);
    if (this.#first?.fields) this.#name = this.#first = null;
    else this.#first = { line, text, fields: null };
    return [
      bad(line, label, `Neither a name nor line 1 or 2: it begins with "${excerpt(text, 8)}"`),
    ];
  }
}

/** Space-Track writes a name line as `0 NAME`. */
const nameOf = ({ text }: Line): string => cleanName(text.replace(/^0 /, ""));

const labelOf = (name: Line | null, text: string): string =>
  name ? excerpt(nameOf(name)) : excerpt(text.slice(2, 7));
