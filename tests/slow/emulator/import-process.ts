/**
 * Imports a catalogue in a process of its own, so that a test can bound its memory.
 * @module
 */
import { readCatalogue } from "../../../emulator/import.ts";
import { epochMs } from "../../../mesh/units.ts";

const [path, now] = Deno.args;
const { catalogue, complaints_total } = await readCatalogue(path, { now: epochMs(Number(now)) });
console.log(`${catalogue.count} nodes, ${complaints_total} complaints`);
