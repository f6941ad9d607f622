/**
 * Placements from a file: what `GET /v1/placements` answered, as a page, as rows of one, or a row a line.
 * @module
 */
import { z } from "zod";
import type { DrawnPlacement } from "../../mesh/export/placement-arcs.ts";
import { epochMs } from "../../mesh/units.ts";

const Row = z.object({
  id: z.string().min(1),
  placed_at: z.iso.datetime({ offset: true }),
  model: z.string(),
  class: z.string(),
  origin: z.union([
    z.object({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }),
    z.object({ node: z.string() }),
  ]).nullable(),
  path: z.array(z.string()).min(1),
  modelled: z.object({ total_ms: z.number() }),
});

/**
 * Reads placements from the text of a file.
 * @throws RangeError that says which row is wrong, and how
 */
export function recordedPlacements(text: string): DrawnPlacement[] {
  return rowsOf(text).map((value, n) => {
    const read = Row.safeParse(value);
    if (!read.success) {
      const [{ path, message }] = read.error.issues;
      throw new RangeError(
        `--placements: row ${n + 1}, ${path.join(".") || "all of it"}: ${message}`,
      );
    }
    const { placed_at, modelled, ...row } = read.data;
    return { ...row, placed_at: epochMs(Date.parse(placed_at)), total_ms: modelled.total_ms };
  });
}

function rowsOf(text: string): unknown[] {
  const whole = parsed(text);
  if (Array.isArray(whole)) return whole;
  if (isPage(whole)) return whole.data;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line, n) => {
    const row = parsed(line);
    if (row === undefined) throw new RangeError(`--placements: line ${n + 1} is not JSON`);
    return row;
  });
}

const isPage = (value: unknown): value is { data: unknown[] } =>
  typeof value === "object" && value !== null && Array.isArray((value as { data?: unknown }).data);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
