/**
 * Which models a node holds in its NPU's memory, and which one leaves when another comes.
 * The one used longest ago leaves first. Pure; sizes in bytes.
 * @module
 */

export interface Resident {
  model: string;
  bytes: number;
}

/** What a node flies with: of the catalogue, in its order, as much as its memory takes. */
export function launched(catalogue: readonly Resident[], memory_bytes: number): Resident[] {
  let free = memory_bytes;
  return catalogue.filter(({ bytes }) => {
    if (bytes > free) return false;
    free -= bytes;
    return true;
  });
}

export const holds = (resident: readonly Resident[], model: string): boolean =>
  resident.some((held) => held.model === model);

/**
 * With `wanted` in memory and used last; who is in its way has left, the one used longest ago first.
 * @param needed names of models that must stay: asks that wait were promised them. All of them and
 *   `wanted` fit together; `wanted` at least must.
 */
export function loaded(
  resident: readonly Resident[],
  wanted: Resident,
  memory_bytes: number,
  needed: ReadonlySet<string> = NONE,
): Resident[] {
  if (wanted.bytes > memory_bytes) {
    throw new RangeError(
      `Cannot load "${wanted.model}" of ${wanted.bytes} bytes into ${memory_bytes}`,
    );
  }
  const others = resident.filter(({ model }) => model !== wanted.model);
  const stays = ({ model }: Resident) => needed.has(model);
  let free = memory_bytes - wanted.bytes -
    others.reduce((sum, held) => stays(held) ? sum + held.bytes : sum, 0);
  // From the one used last backwards; the first that does not fit and all before it leave.
  let full = false;
  const kept = others.toReversed().filter((held) => {
    if (stays(held)) return true;
    full ||= held.bytes > free;
    if (!full) free -= held.bytes;
    return !full;
  });
  return [...kept.reverse(), wanted];
}

const NONE: ReadonlySet<string> = new Set();
