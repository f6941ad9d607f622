/**
 * A page of the executions that the ledger refuses, in the order of ids over all collectors.
 * Not its job: who may read it, and its form on the wire (backlog.ts).
 * @module
 */
import type { Poison } from "../../durable-objects/collector/inbox.ts";

/** A collector, as much of it as a page needs. */
export interface CollectorSource {
  name: string;
  region: string;
  collector: { poison(after: string, limit: number): PromiseLike<Poison[]> };
}

/** Executions that are set aside, each with the collector that holds it. */
export interface PoisonPage {
  rows: (Poison & { collector: string })[];
  /** The id to go on after; null where there is no more. */
  next: string | null;
}

/**
 * Reads a page.
 * @param page `after` is the id to go on after; `limit` counts executions, and one that ran at two
 * nodes under one id has a row in each of two collectors
 */
export async function readPoison(
  sources: readonly CollectorSource[],
  { after, limit }: { after: string; limit: number },
): Promise<PoisonPage> {
  let found: PoisonPage["rows"] = [];
  // A region at a time: with the longest policies 1,000 rows are 12 MB, and those of all collectors
  // at once would not fit into an isolate's 128 MB.
  for (const near of Map.groupBy(sources, ({ region }) => region).values()) {
    const rows = await Promise.all(near.map(async ({ name, collector }) => {
      const rows = await collector.poison(after, limit + 1);
      return rows.map((row) => ({ ...row, collector: name }));
    }));
    found = ofFirstIds([...found, ...rows.flat()], limit + 1);
  }
  const rows = ofFirstIds(found, limit);
  return { rows, next: rows.length < found.length ? rows[rows.length - 1].id : null };
}

/** All rows of the first `count` ids: the next page begins after the last id. */
function ofFirstIds<Row extends { id: string }>(rows: readonly Row[], count: number): Row[] {
  const sorted = rows.toSorted((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const beyond = [...new Set(sorted.map(({ id }) => id))][count];
  return beyond === undefined ? sorted : sorted.filter(({ id }) => id < beyond);
}
