/**
 * Gives workerd back the alarms that a kill has lost. Each object has its own on disk, with what it holds, but
 * workerd rings by a table of its own, and that can be left without one. On Cloudflare alarms are not lost.
 *
 * For before workerd starts: the emulator calls it, and launch.sh runs it where Miniflare starts workerd again.
 * @module
 */
import Database from "libsql";

const OBJECT = /^([0-9a-f]{64})\.sqlite(-wal)?$/;
// As workerd names them: an object's alarm is the value of this key, ns since 1970, like those in the table.
const ALARM_KEY = 1;
// By its time an earlier call is known, with which all that was changed before has been looked at.
const STAMP = "alarms-restored";
// Clocks of file systems are coarse.
const GRAIN_MS = 2_000;
// A workerd that was killed a moment ago holds its locks until the system has ended it.
const LOCKED_MS_MAX = 10_000;

/**
 * Sets what is missing.
 * @param objects the folder in which Miniflare keeps what lasts; workerd must not run
 * @returns how many alarms were missing
 */
export function restoreAlarms(objects: string): number {
  const begun = new Date();
  const since_ms = modifiedAt(`${objects}/${STAMP}`) - GRAIN_MS;
  let missing = 0;
  for (const name of namesIn(`${objects}/do`)) {
    missing += restoreIn(`${objects}/do/${name}`, since_ms);
  }
  if (namesIn(objects).length > 0) {
    Deno.writeTextFileSync(`${objects}/${STAMP}`, "");
    Deno.utimeSync(`${objects}/${STAMP}`, begun, begun);
  }
  return missing;
}

/** Of one class of objects. */
function restoreIn(folder: string, since_ms: number): number {
  const changed = new Set<string>();
  for (const name of namesIn(folder)) {
    const id = OBJECT.exec(name)?.[1];
    if (id && !changed.has(id) && modifiedAt(`${folder}/${name}`) >= since_ms) changed.add(id);
  }
  const path = `${folder}/metadata.sqlite`;
  // A kill can come between the making of an object and that of tables.
  if (changed.size === 0 || modifiedAt(path) === -Infinity) return 0;
  const table = new Database(path, { timeout: LOCKED_MS_MAX });
  try {
    if (!hasTable(table, "_cf_ALARM")) return 0;
    const has = table.prepare("SELECT 1 FROM _cf_ALARM WHERE actor_id = ?");
    const set = table.prepare("INSERT INTO _cf_ALARM (actor_id, scheduled_time) VALUES (?, ?)");
    let missing = 0;
    for (const id of changed) {
      const alarm = has.get(id) ? null : alarmOf(`${folder}/${id}.sqlite`);
      if (alarm === null) continue;
      set.run(id, alarm);
      missing++;
    }
    return missing;
  } finally {
    table.close();
  }
}

/** What the object itself has set, ns since 1970; null: nothing. */
function alarmOf(path: string): bigint | null {
  const object = new Database(path, { readonly: true, timeout: LOCKED_MS_MAX });
  try {
    if (!hasTable(object, "_cf_METADATA")) return null;
    const row = object.prepare("SELECT value FROM _cf_METADATA WHERE key = ?")
      .safeIntegers(true).get(ALARM_KEY) as { value: bigint | null } | undefined;
    return row?.value ?? null;
  } finally {
    object.close();
  }
}

const hasTable = (database: Database.Database, name: string): boolean =>
  database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(name) !== undefined;

/** ms since 1970; -Infinity: there is no such file. */
function modifiedAt(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? Infinity;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return -Infinity;
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

if (import.meta.main) restoreAlarms(Deno.args[0]);
