/**
 * A caller who asks something small again and again, and tells how long the answers took: what others do
 * to a mesh meanwhile shows in it.
 * @module
 */

export interface Canary {
  /** How many answers have come. */
  readonly answered: number;
  /** Stops asking. @returns what each answer took, ms, sorted */
  stop(): Promise<number[]>;
}

const EVERY_MS = 50;

/** Asks every 50 ms, whether the last has been answered or not. @param ask throws if the answer is wrong */
export function canary(ask: () => Promise<void>): Canary {
  const took: Promise<number>[] = [];
  let answered = 0;
  const timer = setInterval(() => {
    const began = performance.now();
    const asked = ask().then(() => (answered++, performance.now() - began));
    // Heard by stop().
    asked.catch(() => {});
    took.push(asked);
  }, EVERY_MS);
  return {
    get answered() {
      return answered;
    },
    async stop() {
      clearInterval(timer);
      return (await Promise.all(took)).sort((a, b) => a - b);
    },
  };
}

/** @param sorted not empty */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
