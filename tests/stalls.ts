/**
 * Machines that others share stand still for seconds. This does so to some processes, now and then: a test
 * that fails then and not otherwise asserts too early, or takes a pause of the machine for a fault of ours.
 * @module
 */
import { descendants } from "./support/mesh-process.ts";
import { sleep } from "./support/within.ts";

/** Milliseconds, from and to. */
const EVERY_MS = [20_000, 30_000] as const;
const STILL_MS = [2_000, 5_000] as const;

const between = ([from, to]: readonly [number, number]) => from + Math.random() * (to - from);

/**
 * Stops a process and all below it for some seconds, again and again, and tells when.
 * @returns what ends that, with all of them going on
 */
export function standStill(pid: number): () => void {
  let still: number[] = [];
  let isOver = false;
  const goOn = () => {
    signalAll(still, "SIGCONT");
    still = [];
  };
  const run = async () => {
    for (;;) {
      await sleep(between(EVERY_MS));
      if (isOver) return;
      const below = await descendants(pid);
      const ms = Math.round(between(STILL_MS));
      console.error(
        `${new Date().toISOString()} ${below.length + 1} processes stand still: ${ms} ms`,
      );
      still = [pid, ...below.map((process) => process.pid)];
      signalAll(still, "SIGSTOP");
      await sleep(ms);
      goOn();
    }
  };
  void run();
  return () => {
    isOver = true;
    goOn();
  };
}

function signalAll(pids: readonly number[], signal: Deno.Signal): void {
  for (const pid of pids) {
    try {
      Deno.kill(pid, signal);
    } catch (error) {
      // It has ended meanwhile.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
