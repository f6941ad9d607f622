/**
 * Real catalogues, which lie beside the project, not in it: `../shared/data` from the repository's root.
 * Tests that need one are named so, and are skipped where it is not.
 * @module
 */
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

/** 6,882 element sets of Starlink, of 2024-12-15, as three lines each. */
export const TLE_FILE = `${FOLDER}starlink-2024-12.tle`;
/** 499 records of Starlink, of May 2025, on one line. */
export const OMM_FILE = `${FOLDER}starlink-2025-05.omm.json`;

/** Half a day after the newest of its epochs. */
export const TLE_INSTANT = Date.UTC(2024, 11, 16, 2);
export const OMM_INSTANT = Date.UTC(2025, 4, 25);

function there(file: string): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch {
    return false;
  }
}

/** A test over a file that may not be here: its name says which. */
export function testWith(file: string, name: string, fn: () => void | Promise<void>): void {
  Deno.test({ name: `${name} (needs ${file.slice(FOLDER.length)})`, ignore: !there(file), fn });
}
