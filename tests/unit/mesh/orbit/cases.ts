/**
 * Catalogue files that once were read or flown wrong: tests/fixtures/orbits/README.md says how.
 * @module
 */
const ORBITS = new URL("../../../fixtures/orbits/", import.meta.url);

export const casePath = (file: string): URL => new URL(file, ORBITS);
export const caseText = (file: string): string => Deno.readTextFileSync(casePath(file));
