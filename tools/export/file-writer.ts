/**
 * Writes text in pieces, to files or to stdout, and tells on stderr how far it is once that takes long.
 * @module
 */
import { dirname } from "node:path";

// Who waits longer than this wants to know for what.
const SILENT_MS = 2_000;
const TELL_EVERY_MS = 1_000;

/** A text and where it goes. */
interface File {
  /** Undefined: stdout. The folder of a file is made if it is not there. */
  path: string | undefined;
  pieces: Iterable<string>;
}

/**
 * Writes files in turn. A file gets its name when it is whole: what was there before stays until then.
 * @param progress how far it is, in words; asked when it is told
 * @returns how many bytes were written; null if who reads stdout had enough before, as `head` has
 * @throws Error that says why a file cannot be written
 */
export async function writeFiles(
  files: Iterable<File>,
  { progress, say }: { progress: () => string; say: (line: string) => void },
): Promise<number | null> {
  const encoder = new TextEncoder();
  let told = performance.now() + SILENT_MS - TELL_EVERY_MS;
  let bytes = 0;
  const send = async (pieces: Iterable<string>, to: WritableStreamDefaultWriter<Uint8Array>) => {
    for (const piece of pieces) {
      const part = encoder.encode(piece);
      bytes += part.length;
      if (part.length > 0) await to.write(part);
      const now = performance.now();
      if (now < told + TELL_EVERY_MS) continue;
      told = now;
      say(`${progress()}, ${(bytes / 1e6).toFixed(1)} MB`);
    }
  };
  for (const { path, pieces } of files) {
    if (path !== undefined) await writeWhole(path, (writer) => send(pieces, writer));
    else if (!await toStdout((writer) => send(pieces, writer))) return null;
  }
  return bytes;
}

type Sends = (writer: WritableStreamDefaultWriter<Uint8Array>) => Promise<void>;

/** @returns false if who reads has left */
async function toStdout(send: Sends): Promise<boolean> {
  const writer = Deno.stdout.writable.getWriter();
  try {
    await send(writer);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  } finally {
    writer.releaseLock();
  }
}

async function writeWhole(path: string, send: Sends): Promise<void> {
  const partial = `${path}.partial`;
  const writer = (await opened(path, partial)).writable.getWriter();
  try {
    await send(writer);
    await writer.close();
    await Deno.rename(partial, path);
  } catch (error) {
    await writer.abort().catch(() => {});
    await Deno.remove(partial).catch(() => {});
    throw error;
  }
}

async function opened(path: string, partial: string): Promise<Deno.FsFile> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    return await Deno.create(partial);
  } catch (error) {
    throw new Error(`--out: "${path}" cannot be written: ${(error as Error).message}`);
  }
}
