/**
 * The files of models on a board's disk, by digest. A file that comes from the mesh is hashed as it
 * comes and stands under its name only once its digest is right; it is hashed again whenever it is
 * loaded, since a disk may be damaged.
 * @module
 */
import { createHash } from "node:crypto";
import type { BoardModel } from "../contract/board.ts";
import { MODELS } from "../models/catalogue.ts";

// A board's card may be small: the files that were used longest ago make room.
const DISK_BYTES_MAX = 2 * 2 ** 30;
// A file that does not come whole must not keep runs waiting behind it for ever.
const FETCH_MS_MAX = 60_000;

/** Gets the bytes of an uploaded model from the mesh. Rejects if it is refused. */
export type FetchModel = (
  sha256: string,
  signal: AbortSignal,
) => Promise<ReadableStream<Uint8Array>>;

/** The models of one board. */
export class ModelStore {
  readonly #folder: string;
  readonly #fetch: FetchModel;

  /** @param folder is made if it is not there */
  constructor(folder: string, fetch: FetchModel) {
    this.#folder = folder;
    this.#fetch = fetch;
    Deno.mkdirSync(folder, { recursive: true });
    // Of a program that was killed while a file came.
    for (const { name } of [...Deno.readDirSync(folder)]) {
      if (name.endsWith(".part")) Deno.removeSync(`${folder}/${name}`);
    }
  }

  /**
   * The file of a model.
   * @throws Error if the model is not built into this release, or does not come as its digest has it
   */
  async bytesOf(model: BoardModel): Promise<Uint8Array> {
    if (model.kind === "built-in") return await builtIn(model);
    const path = `${this.#folder}/${model.sha256}.onnx`;
    const kept = await Deno.readFile(path).catch(() => null);
    if (kept && digestOf(kept) === model.sha256) {
      const now = new Date();
      await Deno.utime(path, now, now);
      return kept;
    }
    await this.#download(model, path);
    await this.#makeRoom(path);
    return await Deno.readFile(path);
  }

  async #download(
    { sha256, file_bytes }: Extract<BoardModel, { kind: "uploaded" }>,
    path: string,
  ): Promise<void> {
    const part = `${path}.${crypto.randomUUID()}.part`;
    const hash = createHash("sha256");
    let bytes = 0;
    try {
      const stream = await this.#fetch(sha256, AbortSignal.timeout(FETCH_MS_MAX));
      const file = await Deno.open(part, { write: true, createNew: true });
      const counted = new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, out) {
          bytes += piece.length;
          if (bytes > file_bytes) throw new Error(`It has more than ${file_bytes} bytes`);
          hash.update(piece);
          out.enqueue(piece);
        },
      });
      await stream.pipeThrough(counted).pipeTo(file.writable);
      const digest = hash.digest("hex");
      if (digest !== sha256) throw new Error(`Its SHA-256 is ${digest}`);
      await Deno.rename(part, path);
    } catch (error) {
      await Deno.remove(part).catch(() => {});
      const reason = (error as Error).message;
      throw new Error(`Model ${sha256} did not come as it is: ${reason}`);
    }
  }

  async #makeRoom(newest: string): Promise<void> {
    const files = [...Deno.readDirSync(this.#folder)].map(({ name }) => {
      const path = `${this.#folder}/${name}`;
      const { size, mtime } = Deno.statSync(path);
      return { path, size, used: mtime?.getTime() ?? 0 };
    }).sort((a, b) => a.used - b.used);
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files) {
      if (bytes <= DISK_BYTES_MAX) return;
      if (path === newest) continue;
      await Deno.remove(path);
      bytes -= size;
    }
  }
}

async function builtIn({ name, version }: { name: string; version: string }): Promise<Uint8Array> {
  const spec = MODELS.get(name);
  if (spec?.version !== version) {
    throw new Error(`This release has no version ${version} of a built-in model "${name}"`);
  }
  return await Deno.readFile(new URL(`../models/onnx/${name}.onnx`, import.meta.url));
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
