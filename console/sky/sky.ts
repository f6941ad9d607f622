/**
 * The sky that the page shows: the constellation in use, made from its shells by the very code that places
 * asks, so that nothing is fetched per node; and the mesh clock.
 * @module
 */
import type { SkyAnswer } from "../../contract/sky.ts";
import { type Constellation, generatedConstellation } from "../../mesh/orbit/constellation.ts";
import { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import { epochMs } from "../../mesh/units.ts";
import { ask } from "../api.ts";
import { ViewClock } from "./view-clock.ts";

/** A sky of generated shells. */
export interface Sky {
  constellation: Constellation;
  almanac: ShellAlmanac;
  clock: ViewClock;
}

/** What is known of a sky that no shells generated. */
export interface UnknownSky {
  name: string;
  nodes: number;
}

let loading: Promise<Sky | UnknownSky> | undefined;

/**
 * The sky, fetched once for all pages.
 * @throws ApiError; it may be asked for again then
 */
export function loadSky(): Promise<Sky | UnknownSky> {
  loading ??= fetchSky().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Whether every node's place is known. */
export const isKnown = (sky: Sky | UnknownSky): sky is Sky => "almanac" in sky;

async function fetchSky(): Promise<Sky | UnknownSky> {
  const sent = performance.now();
  const { constellation: name, nodes, shells, at, rate } = await ask<SkyAnswer>("/v1/sky");
  if (!shells) return { name, nodes };
  const constellation = generatedConstellation(name, shells);
  return {
    constellation,
    almanac: new ShellAlmanac(constellation),
    // The clock was read on the way: half of it errs by less.
    clock: new ViewClock(epochMs(Date.parse(at)), rate, (sent + performance.now()) / 2),
  };
}
