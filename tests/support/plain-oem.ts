/**
 * Reads an Orbit Ephemeris Message by the grammar of CCSDS 502.0-B-2, chapters 5 and 7, and refuses what
 * that does not allow: keywords that are unknown, twice there or out of order, lines that are too long,
 * states out of order or of another number of figures. It shares nothing with what writes them.
 * @module
 */
import assert from "node:assert/strict";

export interface ReadOem {
  header: Record<string, string>;
  segments: { meta: Record<string, string>; states: ReadState[] }[];
}

export interface ReadState {
  /** Milliseconds since 1970, UTC. */
  at: number;
  /** X, Y, Z in km; their rates in km/s. */
  values: number[];
}

/** In their order (table 5-2), and whether they must be there. */
const HEADER: [string, boolean][] = [
  ["CCSDS_OEM_VERS", true],
  ["CREATION_DATE", true],
  ["ORIGINATOR", true],
];
/** Table 5-3. */
const META: [string, boolean][] = [
  ["OBJECT_NAME", true],
  ["OBJECT_ID", true],
  ["CENTER_NAME", true],
  ["REF_FRAME", true],
  ["REF_FRAME_EPOCH", false],
  ["TIME_SYSTEM", true],
  ["START_TIME", true],
  ["USEABLE_START_TIME", false],
  ["USEABLE_STOP_TIME", false],
  ["STOP_TIME", true],
  ["INTERPOLATION", false],
  ["INTERPOLATION_DEGREE", false],
];
const LINE_MAX = 254;
const EPOCH = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z?$/;
const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** @throws AssertionError that says what the grammar does not allow */
export function readOem(text: string): ReadOem {
  assert.ok(/^[\x20-\x7e\n]*$/.test(text), "only printable ASCII and line ends");
  assert.ok(text.endsWith("\n"), "the last line ends");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  for (const line of lines) assert.ok(line.length <= LINE_MAX, `too long: ${line}`);
  const begin = lines.indexOf("META_START");
  assert.ok(begin > 0, "there is a segment");
  const header = keywords(lines.slice(0, begin), HEADER);
  assert.ok(lines[0].startsWith("CCSDS_OEM_VERS"), "the version comes first");
  epoch(header.CREATION_DATE);
  const segments: ReadOem["segments"] = [];
  for (let l = begin; l < lines.length;) {
    assert.equal(lines[l], "META_START");
    const stop = lines.indexOf("META_STOP", l);
    assert.ok(stop > l, "META_START has its META_STOP");
    const meta = keywords(lines.slice(l + 1, stop), META);
    const next = lines.indexOf("META_START", stop);
    l = next < 0 ? lines.length : next;
    segments.push({ meta, states: states(meta, lines.slice(stop + 1, l)) });
  }
  for (const { meta } of segments) {
    assert.equal(meta.OBJECT_NAME, segments[0].meta.OBJECT_NAME, "a message is of one object");
  }
  return { header, segments };
}

function keywords(lines: string[], table: [string, boolean][]): Record<string, string> {
  const found: Record<string, string> = {};
  let last = -1;
  for (const line of lines) {
    if (line.startsWith("COMMENT ")) continue;
    const match = /^([A-Z_]+) *= *(\S.*?) *$/.exec(line);
    assert.ok(match, `no keyword and value: ${line}`);
    const at = table.findIndex(([name]) => name === match[1]);
    assert.ok(at > last, `unknown, twice there or out of order: ${line}`);
    last = at;
    found[match[1]] = match[2];
  }
  for (const [name, must] of table) assert.ok(!must || name in found, `${name} is missing`);
  return found;
}

function states(meta: Record<string, string>, lines: string[]): ReadState[] {
  const read = lines.filter((line) => !line.startsWith("COMMENT ")).map((line) => {
    const [at, ...figures] = line.split(/ +/);
    assert.equal(figures.length, 6, `six figures: ${line}`);
    for (const figure of figures) assert.match(figure, NUMBER);
    return { at: epoch(at), values: figures.map(Number) };
  });
  assert.ok(read.length > 0, "a segment has states");
  read.forEach(({ at }, s) => assert.ok(s === 0 || at > read[s - 1].at, "in the order of time"));
  assert.equal(epoch(meta.START_TIME), read[0].at);
  assert.equal(epoch(meta.STOP_TIME), read[read.length - 1].at);
  if ("INTERPOLATION" in meta) {
    assert.match(meta.INTERPOLATION, /^(HERMITE|LAGRANGE|LINEAR)$/);
    assert.match(meta.INTERPOLATION_DEGREE, /^[1-9]\d*$/);
  }
  return read;
}

function epoch(text: string): number {
  assert.match(text, EPOCH);
  const at = Date.parse(text.replace(/Z?$/, "Z"));
  assert.ok(Number.isFinite(at), text);
  return at;
}
