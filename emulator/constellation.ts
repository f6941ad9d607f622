/**
 * Which nodes the mesh on this machine flies: what PERIGEE_CONSTELLATION names, read before anything
 * starts.
 * @module
 */
import { CATALOGUE } from "../contract/settings.ts";
import { parseProfile } from "../contract/profile.ts";
import { isShellFile, parseShellFile } from "../contract/shell-file.ts";
import { FILED_CONSTELLATIONS } from "../mesh/orbit/filed.ts";

/** What the worker is told, and what file is followed. */
export interface ConstellationSetting {
  /** For the worker's PERIGEE_CONSTELLATION. */
  bound: string;
  /** The path of a catalogue file, to be imported and watched; null: the nodes are generated. */
  catalogue: string | null;
}

// No shell file is larger; a catalogue, which may be, is read elsewhere, and as it comes.
const SHELL_FILE_BYTES_MAX = 1_000_000;

/**
 * Reads what PERIGEE_CONSTELLATION names: a filed constellation, a shell file or its JSON, or a file of
 * OMM or TLE. A file is told by its content.
 * @param profile what PERIGEE_PROFILE holds, over which a shell file lays its own; empty: the default
 * @throws RangeError for a shell file with a fault, naming the field
 */
export async function readConstellation(
  setting: string,
  profile = "",
): Promise<ConstellationSetting> {
  if (FILED_CONSTELLATIONS.some(({ name }) => name === setting)) {
    return { bound: setting, catalogue: null };
  }
  const text = isShellFile(setting) ? setting : await smallText(setting);
  if (text === null || !isShellFile(text) || isOmm(text)) {
    return { bound: CATALOGUE, catalogue: setting };
  }
  try {
    parseShellFile(text, parseProfile(profile));
  } catch (error) {
    const where = text === setting ? "" : ` (${setting})`;
    throw new RangeError(
      `PERIGEE_CONSTELLATION is not usable${where}: ${(error as Error).message}`,
    );
  }
  return { bound: text, catalogue: null };
}

/** OMM JSON may be one object, or one a line, and begins as a shell file does then. */
const isOmm = (text: string): boolean => /"NORAD_CAT_ID"/i.test(text);

/** Null for a file that is not there or too large: whoever imports it says so. */
async function smallText(path: string): Promise<string | null> {
  const info = await Deno.stat(path).catch(() => null);
  if (!info?.isFile || info.size > SHELL_FILE_BYTES_MAX) return null;
  return await Deno.readTextFile(path).catch(() => null);
}
