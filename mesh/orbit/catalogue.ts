/**
 * A catalogue: the elements of real satellites, packed as they travel and are stored.
 *
 * Layout, little-endian: a header of 32 bytes (magic, version, node count, bytes of the label, bytes of
 * all texts), epochs as Float64, seven elements a node as Float64, catalogue numbers as Uint32,
 * ascending, the end of each text as Uint32, label and texts as UTF-8, zeros up to a multiple of 4, and
 * SHA-256 of all before. A text is a node's name, and, between tabs, what else its record gave, as far
 * as it did. 76 bytes a node and its text. Read in place: nothing is made per node. Version 1, which is
 * still read, has names alone.
 * Not its job: reading files (import/), flying (imported-constellation.ts).
 * @module
 */
import type { Elements, GivenFacts } from "./elements.ts";
import { sha256, toHex } from "../sha256.ts";
import { epochMs, radians } from "../units.ts";

/** One satellite as a catalogue file states it. */
export interface CatalogueRecord {
  /** NORAD catalogue number. */
  number: number;
  /** Object name; may be empty. */
  name: string;
  elements: Elements;
  /** What the file says besides; absent: nothing. */
  given?: GivenFacts;
}

/** The elements of real satellites; its views read `bytes` in place. */
export interface Catalogue {
  /** `<label>-<digest>`: two catalogues of one name hold the same bytes. */
  readonly name: string;
  readonly count: number;
  /** Catalogue numbers by index: ascending, each once. */
  readonly numbers: Uint32Array;
  /** @throws RangeError for an index outside 0..count-1 */
  elements(index: number): Elements;
  /**
   * @returns the object's name; empty if the catalogue has none
   * @throws RangeError for an index outside 0..count-1
   */
  objectName(index: number): string;
  given(index: number): GivenFacts;
  /** All of it, ready to travel. */
  readonly bytes: ArrayBuffer;
}

/**
 * No catalogue has more nodes: a knot of so many takes its almanac's object seconds in each minute, and
 * holds 7 MB, of which an isolate has three. Ten times what is tracked in orbit today.
 */
export const CATALOGUE_NODES_MAX = 300_000;

/**
 * No catalogue is larger, so that an isolate of 128 MB holds one beside its knots, a grid and hints. It
 * leaves 88 bytes for each of the most nodes' names and facts; real ones take 40.
 */
export const CATALOGUE_BYTES_MAX = 48_000_000;

const LABEL = /^[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?$/;
// 64 of the digest's 256 bits: two of a thousand catalogues share a name once in 10^13.
const DIGEST_HEX = 16;
const MAGIC = 0x50434154; // "PCAT"
const VERSION_NAMES = 1;
const CATALOGUE_VERSION = 2;
const HEADER_BYTES = 32;
const DIGEST_BYTES = 32;
const NUMBERS_PER_NODE = 7;

// The longest real names have 24 characters in a TLE and some 40 in an OMM.
export const OBJECT_NAME_BYTES_MAX = 64;
export const DESIGNATOR_BYTES_MAX = 16;
// Of each of four numbers, in text.
const NUMBER_DIGITS = 9;

/** Where each part begins. */
interface Layout {
  elements: number;
  numbers: number;
  textEnds: number;
  label: number;
  texts: number;
  digest: number;
  length: number;
}

/**
 * Packs records in the order of their numbers.
 * @throws RangeError for a label that is not 1 to 40 of a-z, 0-9, "." and "-" with a letter or
 * digit at both ends, for a number that is there twice, for none or more than CATALOGUE_NODES_MAX
 * records, and for more than CATALOGUE_BYTES_MAX bytes
 */
export function packCatalogue(
  { label, records }: { label: string; records: readonly CatalogueRecord[] },
): Catalogue {
  const sorted = records.toSorted((a, b) => a.number - b.number);
  refuse(label, sorted);
  const text = new TextEncoder();
  const labelBytes = text.encode(label);
  const texts = sorted.map((record) => text.encode(textOf(record)));
  const textsLength = texts.reduce((sum, { length }) => sum + length, 0);
  const at = layoutOf(sorted.length, labelBytes.length, textsLength);
  if (at.length > CATALOGUE_BYTES_MAX) {
    throw new RangeError(
      `A catalogue of ${sorted.length} nodes with such names takes ${at.length} bytes: ` +
        `at most ${CATALOGUE_BYTES_MAX} can be held`,
    );
  }

  const bytes = new ArrayBuffer(at.length);
  new Uint32Array(bytes, 0, 5)
    .set([MAGIC, CATALOGUE_VERSION, sorted.length, labelBytes.length, textsLength]);
  const epochs = new Float64Array(bytes, HEADER_BYTES, sorted.length);
  const elements = new Float64Array(bytes, at.elements, NUMBERS_PER_NODE * sorted.length);
  const numbers = new Uint32Array(bytes, at.numbers, sorted.length);
  const textEnds = new Uint32Array(bytes, at.textEnds, sorted.length);
  new Uint8Array(bytes, at.label).set(labelBytes);
  const textBytes = new Uint8Array(bytes, at.texts, textsLength);
  let end = 0;
  sorted.forEach(({ number, elements: e }, i) => {
    numbers[i] = number;
    epochs[i] = e.epoch;
    elements.set(
      // deno-fmt-ignore
      [e.mean_motion, e.eccentricity, e.inclination, e.raan, e.arg_perigee, e.mean_anomaly, e.bstar],
      NUMBERS_PER_NODE * i,
    );
    textBytes.set(texts[i], end);
    textEnds[i] = end += texts[i].length;
  });
  new Uint32Array(bytes, at.digest).set(sha256(new Uint8Array(bytes, 0, at.digest)));
  return viewOf(bytes, at);
}

/**
 * Reads a catalogue that travelled or was stored. The catalogue is a view of `bytes`.
 * @param bytes as Catalogue.bytes holds them
 * @returns null if the bytes are not a whole catalogue or do not match their digest
 */
export function unpackCatalogue(bytes: ArrayBuffer): Catalogue | null {
  if (bytes.byteLength < HEADER_BYTES + DIGEST_BYTES) return null;
  const [magic, version, count, label, texts] = new Uint32Array(bytes, 0, 5);
  if (magic !== MAGIC || (version !== CATALOGUE_VERSION && version !== VERSION_NAMES)) return null;
  const at = layoutOf(count, label, texts);
  if (at.length !== bytes.byteLength) return null;
  const stored = new Uint32Array(bytes, at.digest);
  const digest = sha256(new Uint8Array(bytes, 0, at.digest));
  return stored.every((word, i) => word === digest[i]) ? viewOf(bytes, at) : null;
}

/**
 * The part of a catalogue's name that says where it came from.
 * @param name as Catalogue.name has it, `<label>-<digest>`; it is not checked
 * @returns the label, without the digest
 */
export const labelOf = (name: string): string => name.slice(0, -(DIGEST_HEX + 1));

function refuse(label: string, sorted: readonly CatalogueRecord[]): void {
  if (!LABEL.test(label)) {
    throw new RangeError(
      `Label "${label}" must be 1 to 40 of a-z, 0-9, "." and "-", with a letter or digit at both ends`,
    );
  }
  if (sorted.length === 0 || sorted.length > CATALOGUE_NODES_MAX) {
    throw new RangeError(
      `A catalogue of ${sorted.length} nodes: must be 1 to ${CATALOGUE_NODES_MAX}`,
    );
  }
  const long = sorted.find(({ name, given }) =>
    bytesOf(name) > OBJECT_NAME_BYTES_MAX || bytesOf(given?.designator) > DESIGNATOR_BYTES_MAX
  );
  if (long) {
    throw new RangeError(
      `The name or designator of ${long.number} is longer than ${OBJECT_NAME_BYTES_MAX} or ` +
        `${DESIGNATOR_BYTES_MAX} bytes`,
    );
  }
  const twice = sorted.find(({ number }, i) => i > 0 && sorted[i - 1].number === number);
  if (twice) throw new RangeError(`Catalogue number ${twice.number} is there twice`);
}

const bytesOf = (text = ""): number => new TextEncoder().encode(text).length;

/** Without tabs at its end: a record of which nothing else is known is its name. */
function textOf({ name, given }: CatalogueRecord): string {
  const numbers = given
    ? [given.mean_motion_dot, given.mean_motion_ddot, given.element_set, given.revolution]
    : [];
  const fields = [name, given?.designator ?? "", ...numbers.map(numberText)];
  return fields.map((field) => field.replaceAll("\t", " ")).join("\t").replace(/\t+$/, "");
}

const numberText = (n: number): string =>
  n === 0 ? "" : String(Number(n.toPrecision(NUMBER_DIGITS)));

function layoutOf(count: number, label: number, texts: number): Layout {
  const elements = HEADER_BYTES + 8 * count;
  const numbers = elements + 8 * NUMBERS_PER_NODE * count;
  const textEnds = numbers + 4 * count;
  const labelAt = textEnds + 4 * count;
  const textsAt = labelAt + label;
  const digest = Math.ceil((textsAt + texts) / 4) * 4;
  return {
    elements,
    numbers,
    textEnds,
    label: labelAt,
    texts: textsAt,
    digest,
    length: digest + DIGEST_BYTES,
  };
}

function viewOf(bytes: ArrayBuffer, at: Layout): Catalogue {
  const [, , count, labelLength, textsLength] = new Uint32Array(bytes, 0, 5);
  const text = new TextDecoder();
  const label = text.decode(new Uint8Array(bytes, at.label, labelLength));
  const digest = toHex(new Uint32Array(bytes, at.digest, DIGEST_HEX / 8));
  const epochs = new Float64Array(bytes, HEADER_BYTES, count);
  const packed = new Float64Array(bytes, at.elements, NUMBERS_PER_NODE * count);
  const textEnds = new Uint32Array(bytes, at.textEnds, count);
  const texts = new Uint8Array(bytes, at.texts, textsLength);
  const check = (index: number) => {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new RangeError(`No node has index ${index}: must be 0..${count - 1}`);
    }
  };
  const fieldsOf = (index: number): string[] => {
    check(index);
    const from = index === 0 ? 0 : textEnds[index - 1];
    return text.decode(texts.subarray(from, textEnds[index])).split("\t");
  };
  return {
    name: `${label}-${digest}`,
    count,
    numbers: new Uint32Array(bytes, at.numbers, count),
    bytes,
    elements(index) {
      check(index);
      const i = NUMBERS_PER_NODE * index;
      return {
        epoch: epochMs(epochs[index]),
        mean_motion: packed[i],
        eccentricity: packed[i + 1],
        inclination: radians(packed[i + 2]),
        raan: radians(packed[i + 3]),
        arg_perigee: radians(packed[i + 4]),
        mean_anomaly: radians(packed[i + 5]),
        bstar: packed[i + 6],
      };
    },
    objectName: (index) => fieldsOf(index)[0],
    given(index) {
      const [, designator = "", ...numbers] = fieldsOf(index);
      const [mean_motion_dot, mean_motion_ddot, element_set, revolution] = [0, 1, 2, 3].map((n) =>
        Number(numbers[n] ?? "")
      );
      return { designator, mean_motion_dot, mean_motion_ddot, element_set, revolution };
    },
  };
}
