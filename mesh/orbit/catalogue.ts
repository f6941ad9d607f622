/**
 * A catalogue: the elements of real satellites, packed as they travel and are stored.
 *
 * Layout, little-endian: a header of 32 bytes (magic, version, node count, bytes of the label, bytes of
 * all names), epochs as Float64, seven elements a node as Float64, catalogue numbers as Uint32,
 * ascending, the end of each name as Uint32, label and names as UTF-8, zeros up to a multiple of 4, and
 * SHA-256 of all before. 76 bytes a node and its name. Read in place: nothing is made per node.
 * Not its job: reading files (import/), flying (imported-constellation.ts).
 * @module
 */
import type { Elements } from "./elements.ts";
import { sha256, toHex } from "../sha256.ts";
import { epochMs, radians } from "../units.ts";

/** One satellite as a catalogue file states it. */
export interface CatalogueRecord {
  /** NORAD catalogue number. */
  number: number;
  /** Object name; may be empty. */
  name: string;
  elements: Elements;
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
  /** The whole catalogue, ready to travel. */
  readonly bytes: ArrayBuffer;
}

/**
 * The most nodes of a catalogue. Beside some 100 bytes a node here, an isolate of 128 MB holds up
 * to four knots at 24 bytes a node, a grid and hints. All that is tracked in orbit today is a third
 * of it.
 */
export const CATALOGUE_NODES_MAX = 100_000;

const LABEL = /^[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?$/;
const MAGIC = 0x50434154; // "PCAT"
const VERSION = 1;
const HEADER_BYTES = 32;
const DIGEST_BYTES = 32;
const NUMBERS_PER_NODE = 7;

/** Where each part begins. */
interface Layout {
  elements: number;
  numbers: number;
  nameEnds: number;
  label: number;
  names: number;
  digest: number;
  length: number;
}

/**
 * Packs records in the order of their numbers.
 * @throws RangeError for a label that is not 1 to 40 of a-z, 0-9, "." and "-" with a letter or
 * digit at both ends, for a number that is there twice, and for none or more than
 * CATALOGUE_NODES_MAX records
 */
export function packCatalogue(
  { label, records }: { label: string; records: readonly CatalogueRecord[] },
): Catalogue {
  const sorted = records.toSorted((a, b) => a.number - b.number);
  refuse(label, sorted);
  const text = new TextEncoder();
  const labelBytes = text.encode(label);
  const names = sorted.map(({ name }) => text.encode(name));
  const namesLength = names.reduce((sum, name) => sum + name.length, 0);
  const at = layoutOf(sorted.length, labelBytes.length, namesLength);

  const bytes = new ArrayBuffer(at.length);
  new Uint32Array(bytes, 0, 5)
    .set([MAGIC, VERSION, sorted.length, labelBytes.length, namesLength]);
  const epochs = new Float64Array(bytes, HEADER_BYTES, sorted.length);
  const elements = new Float64Array(bytes, at.elements, NUMBERS_PER_NODE * sorted.length);
  const numbers = new Uint32Array(bytes, at.numbers, sorted.length);
  const nameEnds = new Uint32Array(bytes, at.nameEnds, sorted.length);
  new Uint8Array(bytes, at.label).set(labelBytes);
  const nameBytes = new Uint8Array(bytes, at.names, namesLength);
  let end = 0;
  sorted.forEach(({ number, elements: e }, i) => {
    numbers[i] = number;
    epochs[i] = e.epoch;
    elements.set(
      // deno-fmt-ignore
      [e.mean_motion, e.eccentricity, e.inclination, e.raan, e.arg_perigee, e.mean_anomaly, e.bstar],
      NUMBERS_PER_NODE * i,
    );
    nameBytes.set(names[i], end);
    nameEnds[i] = end += names[i].length;
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
  const [magic, version, count, label, names] = new Uint32Array(bytes, 0, 5);
  if (magic !== MAGIC || version !== VERSION) return null;
  const at = layoutOf(count, label, names);
  if (at.length !== bytes.byteLength) return null;
  const stored = new Uint32Array(bytes, at.digest);
  const digest = sha256(new Uint8Array(bytes, 0, at.digest));
  return stored.every((word, i) => word === digest[i]) ? viewOf(bytes, at) : null;
}

/** Throws what packCatalogue() throws. */
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
  const twice = sorted.find(({ number }, i) => i > 0 && sorted[i - 1].number === number);
  if (twice) throw new RangeError(`Catalogue number ${twice.number} is there twice`);
}

function layoutOf(count: number, label: number, names: number): Layout {
  const elements = HEADER_BYTES + 8 * count;
  const numbers = elements + 8 * NUMBERS_PER_NODE * count;
  const nameEnds = numbers + 4 * count;
  const labelAt = nameEnds + 4 * count;
  const namesAt = labelAt + label;
  const digest = Math.ceil((namesAt + names) / 4) * 4;
  return {
    elements,
    numbers,
    nameEnds,
    label: labelAt,
    names: namesAt,
    digest,
    length: digest + DIGEST_BYTES,
  };
}

function viewOf(bytes: ArrayBuffer, at: Layout): Catalogue {
  const [, , count, labelLength, namesLength] = new Uint32Array(bytes, 0, 5);
  const text = new TextDecoder();
  const label = text.decode(new Uint8Array(bytes, at.label, labelLength));
  // 64 of the digest's 256 bits: two of a thousand catalogues share a name once in 10^13.
  const digest = toHex(new Uint32Array(bytes, at.digest, 2));
  const epochs = new Float64Array(bytes, HEADER_BYTES, count);
  const packed = new Float64Array(bytes, at.elements, NUMBERS_PER_NODE * count);
  const nameEnds = new Uint32Array(bytes, at.nameEnds, count);
  const names = new Uint8Array(bytes, at.names, namesLength);
  const check = (index: number) => {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new RangeError(`No node has index ${index}: must be 0..${count - 1}`);
    }
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
    objectName(index) {
      check(index);
      return text.decode(names.subarray(index === 0 ? 0 : nameEnds[index - 1], nameEnds[index]));
    },
  };
}
