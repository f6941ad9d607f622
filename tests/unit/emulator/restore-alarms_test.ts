import Database from "libsql";
import assert from "node:assert/strict";
import { restoreAlarms } from "../../../emulator/workerd/restore-alarms.ts";

const idOf = (i: number): string => i.toString(16).padStart(64, "0");

/** A folder of one class as workerd leaves it. @param own of each object its alarm, ns since 1970 */
async function folderOf(objects: string, rung: number[], own: (bigint | null)[]): Promise<string> {
  const folder = `${objects}/do/perigee-Collector`;
  await Deno.mkdir(folder, { recursive: true });
  const table = new Database(`${folder}/metadata.sqlite`);
  table.exec(
    "CREATE TABLE _cf_ALARM (actor_id TEXT PRIMARY KEY, scheduled_time INTEGER, actor_name TEXT) WITHOUT ROWID",
  );
  for (const i of rung) table.prepare("INSERT INTO _cf_ALARM VALUES (?, 7, 'n')").run(idOf(i));
  table.close();
  own.forEach((alarm, i) => {
    const object = new Database(`${folder}/${idOf(i)}.sqlite`);
    object.exec("CREATE TABLE _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)");
    if (alarm !== null) object.prepare("INSERT INTO _cf_METADATA VALUES (1, ?)").run(alarm);
    object.close();
  });
  return folder;
}

function tableIn(folder: string): [string, bigint][] {
  const table = new Database(`${folder}/metadata.sqlite`);
  try {
    return (table.prepare("SELECT actor_id, scheduled_time FROM _cf_ALARM ORDER BY actor_id")
      .safeIntegers(true).all() as { actor_id: string; scheduled_time: bigint }[])
      .map(({ actor_id, scheduled_time }) => [actor_id, scheduled_time]);
  } finally {
    table.close();
  }
}

Deno.test("An alarm that an object has and workerd's table lacks is set again, to the nanosecond; no other is touched", async () => {
  const objects = await Deno.makeTempDir({ prefix: "perigee-alarms-" });
  const at = 1_795_767_584_389_000_001n;
  const folder = await folderOf(objects, [0], [1n, at, null]);
  // A kill can leave a file without any table.
  new Database(`${folder}/${idOf(9)}.sqlite`).close();
  await Deno.writeTextFile(`${folder}/${idOf(9)}.sqlite`, "");
  assert.equal(restoreAlarms(objects), 1);
  assert.deepEqual(tableIn(folder), [[idOf(0), 7n], [idOf(1), at]]);
  assert.equal(restoreAlarms(objects), 0);
  await Deno.remove(objects, { recursive: true });
});

Deno.test("What has not changed since the last call is not read again", async () => {
  const objects = await Deno.makeTempDir({ prefix: "perigee-alarms-" });
  const folder = await folderOf(objects, [], [5n, 6n]);
  const longAgo = new Date(Date.now() - 60_000);
  assert.equal(restoreAlarms(objects), 2);
  const table = new Database(`${folder}/metadata.sqlite`);
  table.exec("DELETE FROM _cf_ALARM");
  table.close();
  await Deno.utime(`${folder}/${idOf(0)}.sqlite`, longAgo, longAgo);
  assert.equal(restoreAlarms(objects), 1);
  assert.deepEqual(tableIn(folder), [[idOf(1), 6n]]);
  await Deno.remove(objects, { recursive: true });
});

Deno.test("A folder of which nothing was ever served is left alone", async () => {
  const objects = await Deno.makeTempDir({ prefix: "perigee-alarms-" });
  assert.equal(restoreAlarms(`${objects}/none`), 0);
  assert.equal(restoreAlarms(objects), 0);
  assert.deepEqual([...Deno.readDirSync(objects)], []);
  await Deno.remove(objects, { recursive: true });
});
