/**
 * What exported files hold: each is known by its content, whatever it is called.
 * @module
 */
import { z } from "zod";
import { HardwareAnswer } from "../contract/hardware.ts";
import { EngineModelJson, ModelJson } from "../contract/model-registry.ts";
import { PricesJson, ReceiptJson } from "../contract/money.ts";
import { OmmRecord } from "../contract/node.ts";
import { RecordedPlacementJson } from "../contract/recorded-placement.ts";
import { SkyAnswer } from "../contract/sky.ts";

/** Where a row stands. */
export interface Place {
  file: string;
  /** From 1; of a file with a row a line, its line. */
  row: number;
}

/** A row, and where it stands. */
export interface Placed<T> extends Place {
  value: T;
  /** The row with its numbers as the file writes them: a double's shortest form may have other digits. */
  written: () => unknown;
}

/** All that was read. */
export interface Exported {
  receipts: Placed<ReceiptJson>[];
  placements: Placed<RecordedPlacementJson>[];
  prices: Placed<z.infer<typeof PricesJson>>[];
  omms: z.infer<typeof OmmRecord>[];
  sky: SkyAnswer | null;
  hardware: HardwareAnswer | null;
  models: (z.infer<typeof ModelJson> | z.infer<typeof EngineModelJson>)[];
}

/** Nothing read yet. */
export const nothingExported = (): Exported => ({
  receipts: [],
  placements: [],
  prices: [],
  omms: [],
  sky: null,
  hardware: null,
  models: [],
});

/**
 * Adds what a file holds.
 * @param file its name, for messages
 * @param text JSON: an answer, a page, an array of rows; or a row a line
 * @throws RangeError that says where the file is none of these
 */
export function readExported(into: Exported, file: string, text: string): void {
  for (const document of documentsOf(file, text)) readOne(into, document);
}

/** Makes of one text its values: one, or as many as it has lines. */
function documentsOf(file: string, text: string): Placed<unknown>[] {
  const whole = parsed(text);
  if (whole !== undefined) return [{ value: whole, file, row: 1, written: writtenOf(text) }];
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const value = parsed(line);
    if (value === undefined) throw new RangeError(`${file}, line ${i + 1}: is not JSON`);
    return [{ value, file, row: i + 1, written: writtenOf(line) }];
  });
}

/** Parses once more, and only where somebody asks, with each number as its text. */
function writtenOf(text: string): () => unknown {
  let written: unknown;
  return () =>
    written ??= JSON.parse(
      text,
      (_, value, context?: { source?: string }) =>
        typeof value === "number" ? context?.source ?? String(value) : value,
    );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const has = (value: unknown, ...names: string[]): boolean =>
  typeof value === "object" && value !== null && names.every((name) => name in value);

function readOne(into: Exported, { value, ...at }: Placed<unknown>): void {
  const isPage = has(value, "data") && Array.isArray((value as { data: unknown }).data);
  const rows = isPage ? (value as { data: unknown[] }).data : value;
  if (Array.isArray(rows)) {
    rows.forEach((one, i) => {
      const written = () => {
        const all = at.written() as { data: unknown[] } & unknown[];
        return isPage ? all.data[i] : all[i];
      };
      readOne(into, { value: one, file: at.file, row: i + 1, written });
    });
  } else if (has(value, "charge_microcredits", "executed_at")) {
    into.receipts.push({ ...at, value: valid(ReceiptJson, value, at) });
  } else if (has(value, "sub_point", "placed_at")) {
    into.placements.push({ ...at, value: valid(RecordedPlacementJson, value, at) });
  } else if (has(value, "per_kilobyte")) {
    into.prices.push({ ...at, value: valid(PricesJson, value, at) });
  } else if (has(value, "MEAN_MOTION")) {
    into.omms.push(valid(OmmRecord, value, at));
  } else if (has(value, "of_shells")) {
    into.hardware = valid(HardwareAnswer, value, at);
  } else if (has(value, "constellation", "rate")) {
    into.sky = valid(SkyAnswer, value, at);
  } else if (has(value, "object", "owned_by", "perigee")) {
    into.models.push(valid(z.union([ModelJson, EngineModelJson]), value, at));
  } else {
    throw new RangeError(`${where(at)}: is no row of an export that prove knows`);
  }
}

const where = ({ file, row }: Place): string => `${file}, row ${row}`;

function valid<S extends z.ZodType>(schema: S, value: unknown, place: Place): z.infer<S> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new RangeError(`${where(place)}: ${issue.path.join(".")}: ${issue.message}`);
}
