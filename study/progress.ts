/**
 * What a run of a study has come to so far, on disk, so that it can go on after a crash or Ctrl-C.
 * @module
 */
import type { Checkpoint } from "./engine/checkpoint.ts";
import type { TallyState } from "./tally.ts";

/** A run between two minutes of its demand. */
export interface Saved {
  /** Of the scenario's text and the run's place in it: one of another is not taken up. */
  of: string;
  /** The first minute whose asks have not been taken. */
  minute: number;
  engine: Checkpoint;
  tally: TallyState;
}

/**
 * Writes it in one stroke: whoever reads finds the one before, or this one.
 * @param path of the file
 */
export async function saveRun(path: string, saved: Saved): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, JSON.stringify(saved));
  await Deno.rename(`${path}.new`, path);
}

/**
 * Reads what a run has come to.
 * @param of which run it must be of
 * @returns null where nothing is there, or what is there is of another run
 */
export async function loadRun(path: string, of: string): Promise<Saved | null> {
  const text = await Deno.readTextFile(path).catch(() => null);
  if (text === null) return null;
  const saved = JSON.parse(text) as Saved;
  return saved.of === of ? saved : null;
}
