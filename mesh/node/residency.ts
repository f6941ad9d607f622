/**
 * Which models a node holds in its NPU's memory, and which one leaves when another comes.
 * The one used longest ago leaves first. Pure; sizes in bytes.
 * @module
 */

/** A model in a node's memory. */
export interface Resident {
  /** Its name in the catalogue; of an uploaded one, residentName(). */
  model: string;
  /** What it takes of the memory. */
  bytes: number;
}

/**
 * How many models a node holds at most, however small. Their names are in its state, which every run writes,
 * and in its digest, which rides along with every answer.
 */
export const RESIDENTS_MAX = 64;

/**
 * What a node flies with: of the catalogue, in its order, each model that still fits.
 * @param memory_bytes of the node's NPU
 */
export function launched(catalogue: readonly Resident[], memory_bytes: number): Resident[] {
  let free = memory_bytes;
  return catalogue.filter(({ bytes }) => {
    if (bytes > free) return false;
    free -= bytes;
    return true;
  });
}

/**
 * Whether a model is in memory.
 * @param model its name in the catalogue
 * @returns true if a run of it need not load it first
 */
export const holds = (resident: readonly Resident[], model: string): boolean =>
  resident.some((held) => held.model === model);

/**
 * Loads a model, or marks it as used last if it is there already. What is in its way leaves, the model
 * used longest ago first.
 * @param memory_bytes of the node's NPU
 * @param needed names of models that must stay: asks that wait were promised them. All of them and
 *   `wanted` fit together; `wanted` at least must.
 * @throws RangeError if `wanted` alone is larger than the memory
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
  let places = RESIDENTS_MAX - 1 - others.filter(stays).length;
  // From the one used last backwards; the first that does not fit and all before it leave.
  let full = false;
  const kept = others.toReversed().filter((held) => {
    if (stays(held)) return true;
    full ||= held.bytes > free || --places < 0;
    if (!full) free -= held.bytes;
    return !full;
  });
  return [...kept.reverse(), wanted];
}

/**
 * What stays in a memory that may be smaller than the one before: from the model used last backwards,
 * until one does not fit.
 * @param resident the one used last standing last
 * @param memory_bytes of the node's NPU
 */
export function fitting(resident: readonly Resident[], memory_bytes: number): Resident[] {
  let free = memory_bytes;
  const leaves = resident.findLastIndex(({ bytes }) => (free -= bytes) < 0);
  return resident.slice(leaves + 1);
}

const NONE: ReadonlySet<string> = new Set();
