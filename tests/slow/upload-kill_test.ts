/**
 * kill -9 of workerd in the middle of uploads: a version is whole or not there, and what a killed upload
 * leaves in the bucket is swept.
 * @module
 */
import assert from "node:assert/strict";
import Database from "libsql";
import { heavyModel } from "../support/heavy-model.ts";
import { send, within } from "../support/mesh.ts";
import {
  kill9,
  type MeshProcess,
  objectFiles,
  readFile,
  serves,
  startProcess,
} from "../support/mesh-process.ts";

const BYTES = 24 * 2 ** 20;
const PIECE_BYTES = 2 ** 18;
/**
 * When it is killed: with a part of the file sent, with all of it sent, and once the file is in the bucket,
 * where its skeleton and its row are written.
 */
const KILLED_AT = [0.02, 0.5, 0.97, "sent", "kept", "kept", "kept"] as const;
const SEED = 14;
// Older than functions/models/sweep.ts's ORPHAN_MS.
const LATER_MS = 700_000;

const hex = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();

Deno.test("After kill -9 in the middle of an upload its version is whole or not there, and the same upload again makes it", async () => {
  const data = await Deno.makeTempDir({ prefix: "perigee-kill-" });
  let mesh = await startProcess({ PERIGEE_DATA: data });
  const files = KILLED_AT.map((_, i) => heavyModel(BYTES, SEED + i));
  let cut = 0;
  try {
    await widen(mesh, data);
    for (const [i, at] of KILLED_AT.entries()) {
      const name = `heavy-${i}`;
      const status = await uploadAndKill({ mesh, data, name, file: files[i], at });
      if (status === null) cut++;
      await within(60_000, "workerd again", async () => await serves(mesh.url) || null);
      const found = await send(`${mesh.url}/v1/models/${name}`, { key: mesh.key });
      // What was answered is there; what was not may be there, and is whole then.
      assert.ok(found.status === 200 || (found.status === 404 && status === null), found.text);
      if (found.status === 200) assert.equal(found.body.perigee.sha256, await hex(files[i]));
    }
    assert.ok(cut >= 3, `only ${cut} of the uploads were cut off`);
    for (const [i, file] of files.entries()) {
      const { status, text, body } = await put(mesh, `heavy-${i}`, file);
      assert.ok(status === 200 || status === 201, text);
      assert.deepEqual([body.perigee.version, body.perigee.versions.length], ["1", 1], text);
    }
  } finally {
    await mesh.killAll();
  }
  const rows = readFile(`${data}/ledger.db`, "SELECT object, sha256 FROM models");
  assert.deepEqual(
    rows.map(({ sha256 }) => sha256).sort(),
    (await Promise.all(files.map(hex))).sort(),
  );
  const kept = rows.flatMap(({ object }) => [object, `${object}.skeleton`]).sort();
  const swept = (await keys(data)).length - kept.length;
  assert.ok(swept > 0, "no upload was met between its file and its row");
  await asIfLater(data);
  mesh = await startProcess({ PERIGEE_DATA: data });
  try {
    await within(30_000, "a bucket without orphans", async () => {
      const list = await send(`${mesh.url}/v1/models`, { key: mesh.key });
      assert.equal(list.status, 200, list.text);
      // The disk follows the bucket's table, a moment later.
      return ((await keys(data)).join() === kept.join() &&
        blobsOf(data).length === kept.length) || null;
    });
    // What is left is still what it was: it can be asked for what it takes.
    for (const i of files.keys()) {
      const { status, text } = await send(`${mesh.url}/v2/models/heavy-${i}`, { key: mesh.key });
      assert.equal(status, 200, text);
    }
  } finally {
    await mesh.killAll();
  }
  await Deno.remove(data, { recursive: true });
});

/** Room for all of them. */
async function widen(mesh: MeshProcess, data: string): Promise<void> {
  const { admin_token } = JSON.parse(await Deno.readTextFile(`${data}/secrets.json`));
  const quota = { model_bytes_max: 2 ** 30, models_max: 100 };
  const path = `${mesh.url}/v1/tenants/dev/model-quota`;
  assert.equal((await send(path, { method: "PUT", key: admin_token, body: quota })).status, 200);
}

const put = ({ url, key }: MeshProcess, name: string, body: Uint8Array<ArrayBuffer>) =>
  send(`${url}/v1/models/${name}`, { method: "PUT", key, body });

interface Upload {
  mesh: MeshProcess;
  data: string;
  name: string;
  file: Uint8Array;
  at: typeof KILLED_AT[number];
}

/**
 * Sends a file, or a part of it, and kills workerd then.
 * @returns the answer's status; null if none came
 */
async function uploadAndKill(upload: Upload): Promise<number | null> {
  // What has just started on a busy machine may put an upload off: it is sent again, as a client does.
  const { status } = await within(60_000, "an upload that is not put off", async () => {
    const status = await tryToKill(upload);
    return status === 503 ? null : { status };
  });
  return status;
}

async function tryToKill(
  { mesh, data, name, file, at }: Upload,
): Promise<number | null> {
  const workerd = await within(10_000, "workerd", () => mesh.workerd());
  const before = (await keys(data)).length;
  const { hostname, port } = new URL(mesh.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const heard = answer(connection);
  const write = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  };
  await write(
    new TextEncoder().encode(
      `PUT /v1/models/${name} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${mesh.key}\r\n` +
        `Content-Length: ${file.length}\r\n\r\n`,
    ),
  );
  const until = typeof at === "number" ? Math.floor(at * file.length) : file.length;
  for (let at = 0; at < until; at += PIECE_BYTES) {
    await write(file.subarray(at, Math.min(at + PIECE_BYTES, until)));
  }
  if (at === "kept") {
    const [table] = await bucketFiles(data);
    let early = null as number | null;
    heard.then((status) => early = status);
    const isThere = () => keysIn(table).length > before || early !== null || null;
    await within(10_000, "the file in the bucket", isThere, 1);
    if (early === 503) return early;
    assert.ok(early === null || early === 201, `the upload was answered ${early}`);
  }
  kill9(workerd);
  return await heard;
}

/** The status of what comes; null if the connection ends before. */
async function answer(connection: Deno.Conn): Promise<number | null> {
  const buffer = new Uint8Array(1_024);
  try {
    const read = await connection.read(buffer);
    if (read === null) return null;
    return Number(new TextDecoder().decode(buffer.subarray(0, read)).split(" ")[1]);
  } catch {
    return null;
  } finally {
    connection.close();
  }
}

/** The bucket, as Miniflare has it on disk. */
const bucketFiles = (data: string) => objectFiles(data, "R2BucketObject");

async function keys(data: string): Promise<string[]> {
  const [file] = await bucketFiles(data);
  return file === undefined ? [] : keysIn(file);
}

/** None where the bucket has its file and not yet its table: nothing has been put into it. */
function keysIn(file: string): string[] {
  const made = readFile(file, "SELECT 1 FROM sqlite_master WHERE name = '_mf_objects'");
  if (made.length === 0) return [];
  return readFile(file, "SELECT key FROM _mf_objects ORDER BY key").map(({ key }) => key);
}

/** What the bucket takes of the disk. */
const blobsOf = (data: string): string[] =>
  [...Deno.readDirSync(`${data}/objects/r2/perigee-models/blobs`)].map(({ name }) => name);

/** As if everything in the bucket had been there for long. */
async function asIfLater(data: string): Promise<void> {
  const [file] = await bucketFiles(data);
  const database = new Database(file);
  database.prepare("UPDATE _mf_objects SET uploaded = uploaded - ?").run(LATER_MS);
  database.close();
}
