/**
 * How many files a process has open, of how many that it may: each object of workerd's holds three while it is
 * in use, and for ten seconds more.
 * @module
 */

const POLL_MS = 250;
const CLOSED_S_MAX = 60;

/**
 * Waits where the process has opened half of what it may, until it has closed most of that.
 * @throws Error if it does not close them
 */
export async function roomForFiles(pid: number): Promise<void> {
  const limit = await filesMax(pid);
  if (await openFiles(pid) < limit / 2) return;
  const began = performance.now();
  while (await openFiles(pid) > limit / 10) {
    if (performance.now() - began > CLOSED_S_MAX * 1e3) {
      throw new Error(`Process ${pid} keeps more than ${limit / 10} files open`);
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

async function openFiles(pid: number): Promise<number> {
  return (await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`))).length;
}

/** As `ulimit -n` sets it. */
async function filesMax(pid: number): Promise<number> {
  const limits = await Deno.readTextFile(`/proc/${pid}/limits`);
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
}
