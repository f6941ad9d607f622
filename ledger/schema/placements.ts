/**
 * Where each execution ran and why there: mesh/billing/placement.ts's Placement, and when the
 * ledger got it. No foreign keys, as for receipts: it has happened already.
 * @module
 */

import { desc } from "drizzle-orm";
import { index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { PlacementPolicy } from "../../mesh/billing/placement.ts";
import type { AskClass } from "../../mesh/billing/receipt.ts";

export const placements = sqliteTable("placements", {
  /** The execution's id: the receipt's, too. */
  id: text().primaryKey(),
  tenant_id: text().notNull(),
  model: text().notNull(),
  class: text().$type<AskClass>().notNull(),
  node: text().notNull(),
  region: text().notNull(),
  origin_lat: real(),
  origin_lon: real(),
  origin_node: text(),
  sub_lat: real().notNull(),
  sub_lon: real().notNull(),
  sub_alt_km: real().notNull(),
  /** Null, as azimuth and range, when the origin is a node: nobody looks up at it. */
  elevation_deg: real(),
  azimuth_deg: real(),
  slant_range_km: real(),
  sunlit: integer({ mode: "boolean" }).notNull(),
  /** Node ids, from the one above the origin to the one that ran it. */
  path: text({ mode: "json" }).$type<string[]>().notNull(),
  policy: text({ mode: "json" }).$type<PlacementPolicy>(),
  attempts: integer().notNull(),
  modelled_light_time_ms: real().notNull(),
  modelled_transfer_ms: real().notNull(),
  modelled_wait_ms: real().notNull(),
  modelled_npu_ms: real().notNull(),
  /** Null in rows of releases that knew no radio: 0. */
  modelled_access_ms: real(),
  /** Null under the profile `light`. */
  radio: text(),
  modelled_total_ms: real().notNull(),
  modelled_energy_mj: real().notNull(),
  /** Null when nobody measured: a node's own clock stands still while it computes. */
  measured_wall_ms: real(),
  /** Mesh clock. */
  placed_at_ms: integer().notNull(),
  /** Real clock, at the ledger. */
  created_at_ms: integer().notNull(),
}, (t) => [index("placements_by_tenant").on(t.tenant_id, desc(t.placed_at_ms), t.id)]);
