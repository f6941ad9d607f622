/**
 * The constellation that a command names: a filed one, a shell file, or a catalogue of real satellites.
 * @module
 */
import { isShellFile, parseShellFile } from "../../contract/shell-file.ts";
import { CATALOGUE } from "../../contract/settings.ts";
import { readConstellation } from "../../emulator/constellation.ts";
import { readCatalogue } from "../../emulator/import.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { FILED_CONSTELLATIONS } from "../../mesh/orbit/filed.ts";
import { importedConstellation } from "../../mesh/orbit/imported-constellation.ts";
import type { EpochMs } from "../../mesh/units.ts";

/**
 * Reads what PERIGEE_CONSTELLATION could hold.
 * @param setting a name, or the path of a file
 * @param now satellites of a catalogue that have decayed by then are left out
 * @throws Error that says what is wrong with the file
 */
export async function namedConstellation(setting: string, now: EpochMs): Promise<Constellation> {
  const filed = FILED_CONSTELLATIONS.find(({ name }) => name === setting);
  if (filed) return filed;
  const { bound, catalogue } = await readConstellation(setting);
  if (bound === CATALOGUE || !isShellFile(bound)) {
    return importedConstellation((await readCatalogue(catalogue!, { now })).catalogue);
  }
  return parseShellFile(bound).constellation;
}
