/**
 * How long things take by themselves, on machines that now and then stand still for seconds.
 * @module
 */

const TURNS = 3;

/**
 * The least time of some turns: what holds up the machine does not come each time, what the product does
 * comes each time. Nothing is done again unless it took too long.
 * @param ms_max what it may take on a quiet machine
 * @param turn does it, and says how long it took
 * @param first_ms how long it took once already; Infinity: it was not done yet
 */
export async function leastMs(
  ms_max: number,
  turn: () => number | Promise<number>,
  first_ms = Infinity,
): Promise<number> {
  let least_ms = first_ms;
  for (let done = 0; done < TURNS && least_ms >= ms_max; done++) {
    least_ms = Math.min(least_ms, await turn());
  }
  return least_ms;
}

/** How long it takes, ms. */
export function msOf(run: () => unknown): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}
