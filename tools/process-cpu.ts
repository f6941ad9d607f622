/**
 * CPU time of processes, from the kernel's own account.
 * @module
 */

// What the kernel counts in, on every Linux of today.
const TICKS_PER_S = 100;

/** @returns seconds in user and kernel mode, of all its threads, since it began; 0 if it is gone */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => null);
  if (stat === null) return 0;
  // The name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** The workerd processes below this one. */
export async function workerds(): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "pid=,ppid=,comm="] })
    .output();
  const rows = new TextDecoder().decode(stdout).trim().split("\n").map((line) => {
    const [pid, parent, name] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), name };
  });
  const below = new Set([Deno.pid]);
  for (let before = 0; before !== below.size;) {
    before = below.size;
    for (const { pid, parent } of rows) if (below.has(parent)) below.add(pid);
  }
  return rows.filter(({ pid, name }) => below.has(pid) && name === "workerd").map(({ pid }) => pid);
}
