/**
 * Fetches an export into a folder: whatever was begun is gone on with.
 *
 * Placements come newest first and receipts in the order of their arrival. So placements are fetched before
 * receipts, and those of receipts that came meanwhile one by one.
 * @module
 */
import type { MeshReader } from "./mesh-reader.ts";
import { RowFile } from "./row-file.ts";

/** How far an export is; beside its files. */
interface Progress {
  mesh: string;
  /** Of the sky that the folder began with. */
  constellation: string;
  /** `Perigee-Cursor` of the last page of receipts; null: none has come. */
  receipts: string | null;
  /** Of a pass over placements that was cut off; null: the last one came to its end, or none has begun. */
  placements: string | null;
  /** Whether a pass over all placements has come to its end. */
  passed: boolean;
}

const PAGE = 1_000;
const AT_ONCE = 8;

/** Fetches an export, or goes on with one. @throws Error where the mesh or the disk refuses */
export async function fetchExport(
  mesh: MeshReader,
  { folder, mesh: url, say }: { folder: string; mesh: string; say: (line: string) => void },
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const save = (name: string, text: string) => Deno.writeTextFile(`${folder}/${name}`, text);
  const progressPath = `${folder}/export.json`;
  const sky = await must(mesh, "/v1/sky");
  const { constellation, shells } = JSON.parse(sky);
  const fresh = { mesh: url, constellation, receipts: null, placements: null, passed: false };
  const progress: Progress = await readProgress(progressPath) ?? fresh;
  if (progress.mesh !== url) {
    throw new Error(`${folder} holds an export of ${progress.mesh}, not of ${url}`);
  }
  if (progress.constellation !== constellation) {
    throw new Error(
      `${folder} holds executions under ${progress.constellation}, and the mesh flies ` +
        `${constellation} now: choose another folder`,
    );
  }
  const keep = () => save("export.json", JSON.stringify(progress));
  await keep();
  await save("sky.json", sky);
  if (shells === null) {
    say("elements of all nodes");
    await save("elements.json", await must(mesh, "/v1/constellation"));
  }
  await save("hardware.json", await must(mesh, "/v1/hardware"));
  await save("models.json", await must(mesh, "/v1/models", true));
  const placements = await RowFile.open(`${folder}/placements.jsonl`);
  const receipts = await RowFile.open(`${folder}/receipts.jsonl`);
  await fetchPlacements(mesh, placements, { progress, keep, say });
  await fetchReceipts(mesh, receipts, { progress, keep, say });
  const missing = [...receipts.ids].filter((id) => !placements.ids.has(id));
  for (let i = 0; i < missing.length; i += AT_ONCE) {
    const some = missing.slice(i, i + AT_ONCE);
    const rows = await Promise.all(
      some.map((id) => mesh.read(`/v1/placements/${encodeURIComponent(id)}`, true)),
    );
    await placements.add(rows.flatMap((row) => row === null ? [] : [JSON.parse(row)]));
    say(`placements one by one: ${Math.min(i + AT_ONCE, missing.length)} of ${missing.length}`);
  }
  // After the receipts: a list that they name is there.
  await save("prices.json", await must(mesh, "/v1/prices"));
  say(`${folder} has ${receipts.ids.size} receipts and ${placements.ids.size} placements`);
}

interface Going {
  progress: Progress;
  keep: () => Promise<void>;
  say: (line: string) => void;
}

async function fetchPlacements(
  mesh: MeshReader,
  file: RowFile,
  { progress, keep, say }: Going,
): Promise<void> {
  // What is newer than a pass that was cut off comes after it, from the newest on.
  for (const from of new Set([progress.placements, null])) {
    for (let cursor = from;;) {
      const text = await must(mesh, `/v1/placements?limit=${PAGE}${after(cursor)}`, true);
      const { data, next } = JSON.parse(text);
      const added = await file.add(data);
      say(`placements: ${file.ids.size}`);
      const known = progress.passed && added < data.length;
      progress.placements = cursor = known ? null : next;
      if (cursor === null) progress.passed = true;
      await keep();
      if (cursor === null) break;
    }
  }
}

async function fetchReceipts(
  mesh: MeshReader,
  file: RowFile,
  { progress, keep, say }: Going,
): Promise<void> {
  for (;;) {
    const query = `/v1/receipts?limit=${PAGE}${after(progress.receipts)}`;
    const { data, next } = JSON.parse(await must(mesh, query, true));
    await file.add(data);
    const last = data.at(-1)?.id;
    if (last !== undefined) progress.receipts = next ?? `r.${last}`;
    await keep();
    say(`receipts: ${file.ids.size}`);
    if (next === null) return;
  }
}

const after = (cursor: string | null): string =>
  cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;

async function must(mesh: MeshReader, path: string, of_tenant = false): Promise<string> {
  const text = await mesh.read(path, of_tenant);
  if (text === null) throw new Error(`${path}: the mesh has none`);
  return text;
}

async function readProgress(path: string): Promise<Progress | null> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
