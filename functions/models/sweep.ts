/**
 * Removes from the bucket what no version is: files of versions that were deleted some minutes ago, and
 * files whose upload was cut off before its row, which only a crash leaves. It runs behind a tenant's
 * uploads, lists and deletions, for that tenant alone.
 * @module
 */
import { listStoredObjects, noteRemoved } from "../../ledger/models.ts";
import { withLedger } from "../backends/with-ledger.ts";
import type { Services } from "../services.ts";
import { objectOf, removeFiles, withBucket } from "./model-files.ts";

// A run that was placed before the deletion may still load the file. No request lasts longer, and an
// isolate hears of a deletion within 10 s.
const DELETED_MS = 180_000;
/**
 * How long after its file an upload's row may be added at most. Well below ORPHAN_MS: else the sweep
 * would remove a file whose row is on its way.
 */
export const ROW_WITHIN_MS = 120_000;
const ORPHAN_MS = 600_000;
// A sweep is a query and a list of the bucket: an isolate does no more of them for a tenant.
const EVERY_MS = 30_000;
const SWEPT_MAX = 1_000;
// The largest quota, with what is deleted and with skeletons, is 2,000 keys: 2 pages.
const PAGES_MAX = 3;
// The rest waits for the next sweep.
const REMOVED_MAX = 100;

const swept = new Map<string, number>();

/** Sweeps once the response is sent, unless this isolate has just done so. */
export function sweepBehind(services: Services, tenant_id: string): void {
  const now = Date.now();
  if (Math.abs(now - (swept.get(tenant_id) ?? -Infinity)) < EVERY_MS) return;
  if (swept.size >= SWEPT_MAX) swept.clear();
  swept.set(tenant_id, now);
  // What fails is logged already, and swept another time.
  services.after(sweep(services, tenant_id, now).catch(() => {}));
}

/**
 * Sweeps what belongs to one tenant.
 * @param tenant_id the tenant's id
 * @param now real clock, ms since 1970
 * @throws ProblemError `models_unavailable`, `ledger_unavailable`
 */
export async function sweep(
  services: Pick<Services, "env" | "log">,
  tenant_id: string,
  now: number,
): Promise<void> {
  // The bucket first: a file whose row is added meanwhile is in the rows then.
  const listed = await filesOf(services, tenant_id);
  const rows = await withLedger(services, (ledger) => listStoredObjects(ledger, tenant_id));
  const known = new Set(rows.map(({ object }) => object));
  const orphans = listed
    .filter(({ uploaded }) => now - uploaded.getTime() > ORPHAN_MS)
    .map(({ key }) => objectOf(key))
    .filter((object) => !known.has(object));
  const deleted = rows
    .filter(({ deleted_at_ms }) => deleted_at_ms !== null && now - deleted_at_ms > DELETED_MS)
    .map(({ object }) => object)
    .slice(0, REMOVED_MAX);
  const gone = [...new Set([...deleted, ...orphans])].slice(0, REMOVED_MAX);
  if (gone.length === 0) return;
  await removeFiles(services, gone);
  if (deleted.length === 0) return;
  await withLedger(services, (ledger) => noteRemoved(ledger, deleted));
}

async function filesOf(
  services: Pick<Services, "env" | "log">,
  tenant_id: string,
): Promise<R2Object[]> {
  const files: R2Object[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page = await withBucket(
      services,
      (bucket) => bucket.list({ prefix: `${tenant_id}/`, cursor }),
    );
    files.push(...page.objects);
    if (!page.truncated) break;
    cursor = page.cursor;
  }
  return files;
}
