/**
 * Removes what a kill has left on the disk below the emulated bucket: files that were being written, and
 * files that are not in the bucket's table. On Cloudflare a bucket keeps nothing that is not whole; here
 * nothing else would ever remove them, 95 MB each.
 * @module
 */
import Database from "libsql";

const BUCKET = "perigee-models";
// As Miniflare names them.
const TABLES = "miniflare-R2BucketObject";
// A workerd that was killed a moment ago holds its lock until the system has ended it.
const LOCKED_MS_MAX = 10_000;
const REFERENCES = "SELECT blob_id FROM _mf_objects WHERE blob_id IS NOT NULL " +
  "UNION SELECT blob_id FROM _mf_multipart_parts";

/**
 * Removes them. Nothing of the emulator may run, or an upload under way would lose its file.
 * @param objects the folder in which Miniflare keeps what lasts
 * @returns how many there were
 */
export async function removeBucketLeftovers(objects: string): Promise<number> {
  const folder = `${objects}/r2/${BUCKET}/blobs`;
  const names = await namesIn(folder);
  if (names.length === 0) return 0;
  const known = await referencedBlobs(`${objects}/r2/${TABLES}`);
  const left = names.filter((name) => !known.has(name));
  for (const name of left) await Deno.remove(`${folder}/${name}`);
  return left.length;
}

async function referencedBlobs(folder: string): Promise<Set<string>> {
  const known = new Set<string>();
  for (const name of await namesIn(folder)) {
    if (!/^[0-9a-f]{64}\.sqlite$/.test(name)) continue;
    const database = new Database(`${folder}/${name}`, { timeout: LOCKED_MS_MAX });
    try {
      const rows = database.prepare(REFERENCES).all() as { blob_id: string }[];
      for (const { blob_id } of rows) known.add(blob_id);
    } finally {
      database.close();
    }
  }
  return known;
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    // No model was ever uploaded here.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names;
}
