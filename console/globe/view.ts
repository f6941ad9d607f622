/**
 * What shows the sky on a page: the globe by WebGL, or the flat map where there is none.
 * @module
 */
import type { Ecef } from "../../mesh/orbit/frames.ts";
import type { EpochMs } from "../../mesh/units.ts";
import type { Scene } from "./scene.ts";

/** What somebody has clicked: a node where one is near, and the ground below. */
export interface Picked {
  /** In the constellation; -1: none. */
  node: number;
  /** Earth-fixed, km; null: beside the Earth. */
  ground: Ecef | null;
}

/** The way to a view. */
export interface SkyView {
  readonly kind: "globe" | "map";
  /** Draws these over the sky from now on; asked anew in each frame, so that it can follow nodes. */
  overlay: (at: EpochMs) => Scene | null;
  onPick: (picked: Picked) => void;
  /** Of each group, whether it is shown; and whether in its own colour, or grey behind others. */
  setGroups(shown: readonly boolean[], isGrey: boolean): void;
  /** Turns to a place. @param lat degrees north @param lon degrees east */
  lookAt(lat: number, lon: number): void;
  /** Looks from another height and slant. @param height equatorial radii @param tilt degrees from straight down */
  stand(height: number, tilt: number): void;
  /** Draws anew at once: what the overlay shows has changed. */
  touch(): void;
  close(): void;
}
