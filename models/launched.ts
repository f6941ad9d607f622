/**
 * What a node that nobody has touched holds in its NPU's memory: it was launched with the catalogue.
 * @module
 */
import { launched, type Resident } from "../mesh/node/residency.ts";
import type { HardwareProfile } from "../mesh/node/profile.ts";
import { MODELS } from "./catalogue.ts";

const known = new WeakMap<HardwareProfile, readonly Resident[]>();

/**
 * The models that an untouched node holds: of the catalogue, in its order, each that still fits.
 * Computed once for each profile.
 */
export function launchedModels(profile: HardwareProfile): readonly Resident[] {
  const already = known.get(profile);
  if (already) return already;
  const catalogue = [...MODELS.values()].map(({ name, memory_bytes }) => ({
    model: name,
    bytes: memory_bytes,
  }));
  const resident = launched(catalogue, profile.memory_bytes);
  known.set(profile, resident);
  return resident;
}
