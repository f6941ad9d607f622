/**
 * Reads a tenant's placements: where its executions ran.
 * @module
 */

import { and, eq } from "drizzle-orm";
import type { Ledger } from "./client.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { placements } from "./schema/placements.ts";

/** A placement as the ledger keeps it. */
export type RecordedPlacement = typeof placements.$inferSelect;

/**
 * A tenant's placements, newest first by the mesh clock. A placement that reaches the ledger late
 * may lie behind the cursor.
 */
export function listPlacements(
  ledger: Ledger,
  { tenant_id, ...page }: PageRequest & { tenant_id: string },
): Promise<Page<RecordedPlacement>> {
  return readPage(page, {
    at: placements.placed_at_ms,
    id: placements.id,
    position: ({ placed_at_ms, id }) => ({ at_ms: placed_at_ms, id }),
    read: ({ after, order, limit }) =>
      ledger.select().from(placements)
        .where(and(eq(placements.tenant_id, tenant_id), after)).orderBy(...order).limit(limit),
  });
}

/**
 * Where the data of a placement came from, as the wire has it.
 * @returns null where that is not known
 */
export function originOf(
  { origin_node: node, origin_lat: lat, origin_lon: lon }: Pick<
    RecordedPlacement,
    "origin_node" | "origin_lat" | "origin_lon"
  >,
): { node: string } | { lat: number; lon: number } | null {
  if (node !== null) return { node };
  return lat !== null && lon !== null ? { lat, lon } : null;
}

/**
 * Reads one placement.
 * @param request `tenant_id` null: of any tenant
 * @returns null if the tenant has no placement of this id
 */
export async function findPlacement(
  ledger: Ledger,
  { tenant_id, id }: { tenant_id: string | null; id: string },
): Promise<RecordedPlacement | null> {
  const [placement] = await ledger.select().from(placements)
    .where(and(
      eq(placements.id, id),
      tenant_id === null ? undefined : eq(placements.tenant_id, tenant_id),
    ));
  return placement ?? null;
}
