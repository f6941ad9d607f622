/**
 * An export of a mesh, fetched and proved as its tasks do it.
 * @module
 */
import { prove } from "../../prove/main.ts";
import { fetchExport } from "../../tools/receipts/fetch-export.ts";
import { meshReader } from "../../tools/receipts/mesh-reader.ts";
import { type Mesh, within } from "./mesh.ts";

/** What the proof said. */
export interface Proved {
  code: number;
  text: string;
}

/**
 * Fetches everything of a tenant into a folder, once the ledger has so many receipts.
 * @param key the tenant's
 */
export async function exported(
  mesh: Mesh,
  { folder, key, receipts }: { folder: string; key: string; receipts: number },
): Promise<void> {
  const reader = meshReader({ mesh: mesh.url, key });
  await within(60_000, `${receipts} receipts`, async () => {
    await fetchExport(reader, { folder, mesh: mesh.url, say: () => {} });
    const text = await Deno.readTextFile(`${folder}/receipts.jsonl`);
    return text.split("\n").length > receipts || null;
  });
}

/** Proves the files of a folder, or others. */
export async function proved(...args: string[]): Promise<Proved> {
  const lines: string[] = [];
  const code = await prove(args, (line) => lines.push(line));
  return { code, text: lines.join("\n") };
}
