/**
 * Gets the sky, once for all pages, and anew when the mesh flies another constellation.
 * @module
 */
import type { SkyAnswer } from "../../contract/sky.ts";
import { generatedConstellation } from "../../mesh/orbit/constellation.ts";
import { epochMs } from "../../mesh/units.ts";
import { ask } from "../api.ts";
import { knotSky } from "./knot-sky.ts";
import { shellSky } from "./shell-sky.ts";
import type { Sky } from "./sky.ts";
import { ViewClock } from "./view-clock.ts";

let loading: Promise<Sky> | undefined;
const listeners = new Set<() => void>();

/**
 * The sky, fetched once for all pages.
 * @throws ApiError; it may be asked for again then
 */
export function loadSky(): Promise<Sky> {
  loading ??= fetchSky().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Hears when the mesh flies another constellation, for who asks for the sky anew. @returns what ends that */
export function onNewSky(heard: () => void): () => void {
  listeners.add(heard);
  return () => void listeners.delete(heard);
}

async function fetchSky(): Promise<Sky> {
  const sent = performance.now();
  const answer = await ask<SkyAnswer>("/v1/sky");
  // The clock was read on the way: half of it errs by less.
  const read = (sent + performance.now()) / 2;
  const at = epochMs(Date.parse(answer.at));
  const { constellation: name, nodes: count, shells, rate } = answer;
  return shells
    ? shellSky(generatedConstellation(name, shells), new ViewClock(at, rate, read))
    : await knotSky({ name, count, at, rate, read, isOver: () => renew(name) });
}

/** Has everybody ask for the sky anew, if the mesh flies another constellation than this one. */
async function renew(name: string): Promise<void> {
  const { constellation } = await ask<SkyAnswer>("/v1/sky");
  if (constellation === name) return;
  loading = undefined;
  for (const heard of listeners) heard();
}
