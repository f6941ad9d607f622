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

// Names have 24 characters at most in this format, as most files keep to: a longer line with as many
// digits as an element line was meant to be one.
const NAME_LINE_CHARS_MAX = 50;
const ELEMENT_LINE_DIGITS_MIN = 20;

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
    const isElements = text.length > NAME_LINE_CHARS_MAX &&
      digitsOf(text) >= ELEMENT_LINE_DIGITS_MIN;
    if (text === "" || (text[0] === "#" && !isElements)) return [];
    if (/^1 /.test(text) && (isElements || hasNumber(text))) return this.#takeFirst({ line, text });
    // A stump of a line 2 is one where line 2 is due; elsewhere it is the name of a second of its kind.
    if (/^2 /.test(text) && (isElements || hasNumber(text) || this.#first)) {
      return this.#takeSecond({ line, text });
    }
    if (isElements) return this.#takeDamaged({ line, text });
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
    const { number, epoch, bstar, ...given } = first.fields;
    const { number: other, revolution, ...angles } = read.fields;
    if (other !== number) {
      return [bad(line, label, `Line 2 is of ${other}, line 1 of ${number}`)];
    }
    const record: CatalogueRecord = {
      number,
      name: name ? nameOf(name) : "",
      elements: { epoch, bstar, ...angles },
      given: { ...given, revolution },
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

const digitsOf = (text: string): number => text.match(/\d/g)?.length ?? 0;

/** Whether a catalogue number stands where it does in an element line; in `2 PATHFINDER` none does. */
const hasNumber = (text: string): boolean => /^[12] [ \dA-Z][ \d]{3}\d/.test(text);

/** Space-Track writes a name line as `0 NAME`. */
const nameOf = ({ text }: Line): string => cleanName(text.replace(/^0 /, ""));

const labelOf = (name: Line | null, text: string): string =>
  name ? excerpt(nameOf(name)) : excerpt(text.slice(2, 7));
