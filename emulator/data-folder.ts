/**
 * The folder of a local mesh, for its owner's eyes only and for one emulator at a time. The lock is the
 * system's, on an open file: it ends with the process that holds it, whatever ends that.
 * @module
 */
import process from "node:process";

export interface DataFolder {
  path: string;
  /** Lets another emulator have it. */
  release(): void;
}

interface Holder {
  pid: number;
  since: string;
}

// Whoever has just locked it has not written who it is yet.
const HOLDER_TRIES = 20;
const HOLDER_TRY_MS = 25;

/** Makes the folder if there is none. Throws an Error that names the process which holds it. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  await makePrivate(path);
  const file = `${path}/lock`;
  const lock = await Deno.open(file, { create: true, read: true, write: true, mode: 0o600 });
  if (!await lock.tryLock(true)) {
    lock.close();
    throw new Error(
      `The data folder ${path} is in use by ${await holderOf(file)}. End that process first, or ` +
        "set PERIGEE_DATA to another folder: a folder holds one mesh",
    );
  }
  const holder: Holder = { pid: Deno.pid, since: new Date().toISOString() };
  await lock.truncate();
  await lock.write(new TextEncoder().encode(JSON.stringify(holder)));
  const release = () => {
    // A child of this process that is being started has the file open, too, until it is another program.
    lock.unlockSync();
    lock.close();
  };
  return { path, release };
}

// By these a folder is known to be a mesh's.
const OURS = ["lock", "secrets.json", "ledger.db", "bundle"];

/**
 * A folder that was there already is made private if it is empty or a mesh's. Another one is not ours to
 * close to others: it may be a whole home.
 */
async function makePrivate(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  const { mode } = await Deno.stat(path);
  if (mode === null || (mode & 0o077) === 0) return;
  const names = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name);
  if (names.length > 0 && !names.some((name) => OURS.includes(name))) {
    throw new Error(
      `The data folder ${path} holds other files, and others may read it: set PERIGEE_DATA to an ` +
        "empty folder",
    );
  }
  await Deno.chmod(path, 0o700);
}

async function holderOf(file: string): Promise<string> {
  for (let i = 0; i < HOLDER_TRIES; i++) {
    try {
      const { pid, since } = JSON.parse(await Deno.readTextFile(file)) as Holder;
      if (isRunning(pid)) return `process ${pid} since ${since}`;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    await new Promise((done) => setTimeout(done, HOLDER_TRY_MS));
  }
  return "another process";
}

/** Whether there is a process of this id: signal 0 is none. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}
