/**
 * The sky as a component: the globe or the map, for whichever page shows it.
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import type { EpochMs } from "../../mesh/units.ts";
import type { Sky } from "../sky/sky.ts";
import { openSky } from "./globe-view.ts";
import type { Scene } from "./scene.ts";
import type { Picked, SkyView } from "./view.ts";

export interface SkyCanvasProps {
  sky: Sky;
  overlay: (at: EpochMs) => Scene | null;
  onPick: (picked: Picked) => void;
  /** Takes the way to the view once it is open. */
  onOpen?: (view: SkyView) => void;
  label: string;
}

/** The canvas with its sky. */
export function SkyCanvas({ sky, overlay, onPick, onOpen, label }: SkyCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<SkyView | null>(null);
  useEffect(() => {
    const opened = openSky(canvas.current!, sky);
    view.current = opened;
    // For who looks at the page from a browser's own console, and for tests.
    Object.assign(globalThis, { perigee: { sky, view: opened } });
    onOpen?.(opened);
    const end = sky.follow();
    return () => {
      end();
      opened.close();
    };
  }, [sky]);
  // The page has drawn itself anew, as something has changed on it: so does the sky.
  useEffect(() => {
    Object.assign(view.current!, { overlay, onPick });
    view.current!.touch();
  });
  return (
    <canvas
      ref={canvas}
      tabIndex={0}
      role="application"
      aria-label={`${label}. Arrow keys turn it, plus and minus zoom, Enter picks what is in the middle.`}
    />
  );
}
