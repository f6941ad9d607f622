/**
 * Reads a catalogue file of real satellites: OMM JSON, OMM CSV or TLE, told apart by content.
 * Streams: of a file of 40 MB it holds the records, not the text.
 * Not its job: keeping the catalogue (ledger/catalogues.ts), flying it (mesh/orbit).
 *
 * ```ts
 * const report = await readCatalogue("starlink.json", { now: epochMs(Date.now()) });
 * for (const line of reportLines(report)) console.log(line);
 * ```
 * @module
 */
import { basename } from "node:path";
import {
  type Catalogue,
  CATALOGUE_NODES_MAX,
  type CatalogueRecord,
  packCatalogue,
} from "../mesh/orbit/catalogue.ts";
import {
  type CatalogueFormat,
  detectFormat,
  HEAD_CHARS,
  READERS,
} from "../mesh/orbit/import/format.ts";
import type { Complaint, ReadOutcome } from "../mesh/orbit/import/record.ts";
import { RecordSet } from "../mesh/orbit/import/record-set.ts";
import { decayedAt, importedConstellation } from "../mesh/orbit/imported-constellation.ts";
import { type EpochMs, MS_PER_DAY } from "../mesh/units.ts";

// A file of which every line is broken must fill neither the memory nor the screen.
const COMPLAINTS_KEPT = 100;
const NAMES_SHOWN = 10;
// SGP4 loses 1 to 3 km a day away from an epoch: after so many the sky it shows is another one.
const STALE_DAYS = 14;

/** What an import found in a file. */
export interface ImportReport {
  path: string;
  format: CatalogueFormat;
  /** Ready to fly, to travel and to store; without what has decayed. */
  catalogue: Catalogue;
  /** Records that cannot be used: the first of them, in the order of the file. */
  complaints: Complaint[];
  complaints_total: number;
  /** Node ids that have re-entered or decayed at `now`, as SGP4 flies them; set aside. */
  decayed: string[];
  /** Node ids that fly by elements of more than STALE_DAYS before or after `now`. */
  stale: string[];
  /** The oldest and newest epoch of what flies. SGP4 loses about a kilometre a day away from them. */
  epoch_first: EpochMs;
  epoch_last: EpochMs;
}

/**
 * Reads a catalogue file and sets aside what has decayed at `now`.
 * @param path of a file of OMM JSON, OMM CSV or TLE
 * @throws Error that says what is wrong with the file if nothing in it can fly at `now`
 */
export async function readCatalogue(
  path: string,
  { now }: { now: EpochMs },
): Promise<ImportReport> {
  const fail = (reason: string): never => {
    throw new Error(`Cannot import the catalogue "${path}": ${reason}`);
  };
  const { format, records, complaints, complaints_total } = await readRecords(path, fail);
  if (records.length === 0) {
    const first = complaints[0]
      ? `; the first complaint of ${complaints_total}: ${complaintLine(complaints[0])}`
      : "";
    fail(`it is ${format} without a usable record${first}`);
  }
  if (records.length > CATALOGUE_NODES_MAX) {
    fail(`it has ${records.length} satellites, and ${CATALOGUE_NODES_MAX} can be held`);
  }
  const { catalogue, decayed } = attempt(() => flying(labelFrom(path), records, now), fail);
  if (!catalogue) {
    return fail(nothingFlies(records, now));
  }
  const epochs = Array.from(catalogue.numbers, (_, i) => catalogue.elements(i).epoch);
  return {
    path,
    format,
    catalogue,
    complaints,
    complaints_total,
    decayed,
    stale: epochs.flatMap((epoch, i) =>
      Math.abs(now - epoch) > STALE_DAYS * MS_PER_DAY ? [`norad-${catalogue.numbers[i]}`] : []
    ),
    epoch_first: epochs.reduce((a, b) => a < b ? a : b),
    epoch_last: epochs.reduce((a, b) => a > b ? a : b),
  };
}

/** What cannot be packed is the file's fault, and told as one. */
function attempt<T>(pack: () => T, fail: (reason: string) => never): T {
  try {
    return pack();
  } catch (error) {
    if (error instanceof RangeError) return fail(error.message);
    throw error;
  }
}

function nothingFlies(records: readonly CatalogueRecord[], now: EpochMs): string {
  const all = `all ${records.length} satellites have decayed at ${isoOf(now)}, by elements of ` +
    isoOf(records[0].elements.epoch);
  const ahead = records[0].elements.epoch - now;
  // Flown backwards for years, drag lifts an orbit out of all bounds.
  return ahead > STALE_DAYS * MS_PER_DAY
    ? `${all}, ${spanOf(ahead)} ahead of the mesh clock: set PERIGEE_CLOCK to the file's time`
    : `${all}: get a newer file, or set PERIGEE_CLOCK`;
}

const spanOf = (ms: number): string =>
  ms < 2 * DAYS_PER_YEAR * MS_PER_DAY
    ? `${Math.round(ms / MS_PER_DAY)} days`
    : `${Math.round(ms / MS_PER_DAY / DAYS_PER_YEAR)} years`;

const DAYS_PER_YEAR = 365.25;

/** Writes a report for the person who started the import, line by line. */
export function reportLines(report: ImportReport): string[] {
  const { path, format, catalogue, complaints, complaints_total, decayed, stale } = report;
  const lines = [
    `${catalogue.count} nodes from ${path} (${format}), elements of ${isoOf(report.epoch_first)}` +
    ` to ${isoOf(report.epoch_last)}`,
  ];
  if (decayed.length > 0) {
    lines.push(`${decayed.length} have decayed and are set aside: ${someOf(decayed)}`);
  }
  if (stale.length > 0) {
    lines.push(
      `${stale.length} fly by elements more than ${STALE_DAYS} days old or ahead, each day of which ` +
        `takes them 1 to 3 km off: ` +
        someOf(stale),
    );
  }
  lines.push(...complaints.map(complaintLine));
  if (complaints_total > complaints.length) {
    lines.push(`and ${complaints_total - complaints.length} more complaints`);
  }
  return lines;
}

const someOf = (ids: readonly string[]): string =>
  ids.slice(0, NAMES_SHOWN).join(", ") + (ids.length > NAMES_SHOWN ? ", ..." : "");

const complaintLine = ({ line, record, reason }: Complaint): string =>
  `line ${line}, ${record}: ${reason}`;

const isoOf = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 16)}Z`;

interface FileRecords {
  format: CatalogueFormat;
  records: CatalogueRecord[];
  complaints: Complaint[];
  complaints_total: number;
}

async function readRecords(path: string, fail: (reason: string) => never): Promise<FileRecords> {
  const pieces = textOf(path, fail);
  let head = "";
  let ended = false;
  // The first piece may be shorter than what tells the format.
  while (!ended && head.trimStart().length < HEAD_CHARS) {
    const { value, done } = await pieces.next();
    head += value ?? "";
    ended = done === true;
  }
  const detected = detectFormat(head);
  if (!detected.ok) return fail(detected.reason);

  const reader = READERS[detected.format]();
  const set = new RecordSet();
  const complaints: Complaint[] = [];
  let complaints_total = 0;
  const take = (outcomes: ReadOutcome[]) => {
    for (const outcome of outcomes) {
      const complaint = outcome.ok ? set.add(outcome.line, outcome.record) : outcome.complaint;
      if (!complaint) continue;
      complaints_total++;
      if (complaints.length < COMPLAINTS_KEPT) complaints.push(complaint);
    }
  };
  take(reader.push(head));
  for await (const piece of pieces) take(reader.push(piece));
  take(reader.end());
  return { format: detected.format, records: set.values(), complaints, complaints_total };
}

/** The file, piece by piece. Bytes that are not UTF-8 come out as U+FFFD, and so as complaints. */
async function* textOf(path: string, fail: (reason: string) => never): AsyncGenerator<string> {
  try {
    if ((await Deno.stat(path)).isDirectory) fail("it is a folder");
    using file = await Deno.open(path);
    const text = new TextDecoder("utf-8", { ignoreBOM: true });
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const read = await file.read(buffer);
      if (read === null) break;
      yield text.decode(buffer.subarray(0, read), { stream: true });
    }
    yield text.decode();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) fail("there is no such file");
    if (
      error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable
    ) fail("it may not be read");
    throw error;
  }
}

/** Packs what flies at `now`; null if nothing does. */
function flying(
  label: string,
  records: CatalogueRecord[],
  now: EpochMs,
): { catalogue: Catalogue | null; decayed: string[] } {
  const all = packCatalogue({ label, records });
  const constellation = importedConstellation(all);
  const indices = decayedAt(constellation, now);
  const decayed = indices.map((index) => constellation.id(index));
  if (indices.length === 0) return { catalogue: all, decayed };
  const numbers = new Set(indices.map((index) => all.numbers[index]));
  const left = records.filter(({ number }) => !numbers.has(number));
  return { catalogue: left.length > 0 ? packCatalogue({ label, records: left }) : null, decayed };
}

/** `data/Starlink 2025-05.omm.json` is `starlink-2025-05`. */
function labelFrom(path: string): string {
  const name = basename(path).toLowerCase().replace(/(\.(omm|gp|json|csv|tle|3le|2le|txt))+$/, "");
  const label = name.replace(/[^a-z0-9.]+/g, "-").slice(0, 40).replace(/^[.-]+|[.-]+$/g, "");
  return label || "catalogue";
}
