/**
 * The sky that the page shows: the constellation in use, made by the very code that places asks, and the
 * mesh clock. Two give it: tables of generated shells (shell-sky.ts), for which nothing is fetched per node,
 * and the knots of a catalogue (knot-sky.ts).
 * @module
 */
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { ShellAlmanac } from "../../mesh/orbit/shell-almanac.ts";
import type { Flight } from "../../mesh/passes/flight.ts";
import type { Finder } from "../../mesh/placement/finder.ts";
import type { ApiError } from "../api.ts";
import type { Changing } from "../store.ts";
import type { SkyGroup } from "./groups.ts";
import type { KnotWindows } from "./knot-windows.ts";
import type { ViewClock } from "./view-clock.ts";

/** How one node flies, at any instant. */
export interface Orbit {
  readonly flight: Flight;
  /** The node's in the flight. */
  readonly index: number;
  /** What its catalogue calls it; empty: nothing. */
  readonly name: string;
}

/** Every node's place, at the instants that the clock can show. */
export interface Sky {
  /** Of a catalogue it has no elements: orbit() asks for those of one node. */
  readonly constellation: Constellation;
  readonly almanac: ShellAlmanac | KnotWindows;
  readonly groups: readonly SkyGroup[];
  readonly clock: ViewClock;
  /** Why places stay behind the clock; undefined: they do not. */
  readonly trouble: Changing<ApiError | undefined>;
  /** Visits nodes above a place, by the search that places, at an instant that the clock can show. */
  readonly each: Finder["each"];
  /** @throws ApiError if the mesh does not tell it */
  orbit(node: number): Promise<Orbit>;
  /** Keeps the sky up with the clock while a view is open. @returns what ends that */
  follow(): () => void;
}
