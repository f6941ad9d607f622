/**
 * The first page: where all nodes are, now.
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api.ts";
import { openSky } from "../globe/globe-view.ts";
import type { SkyView } from "../globe/view.ts";
import { Notice } from "../notice.tsx";
import type { Route } from "../router.ts";
import { isKnown, loadSky, type Sky, type UnknownSky } from "../sky/sky.ts";

/** The page. */
export function GlobePage(_: { route: Route }) {
  const [sky, setSky] = useState<Sky | UnknownSky>();
  const [error, setError] = useState<ApiError>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<SkyView | null>(null);
  useEffect(() => {
    loadSky().then(setSky, setError);
  }, []);
  useEffect(() => {
    if (!sky || !isKnown(sky) || !canvas.current) return;
    const opened = openSky(canvas.current, sky);
    view.current = opened;
    Object.assign(globalThis, { perigee: { sky, view: opened } });
    return () => opened.close();
  }, [sky]);
  return (
    <div class="globe">
      <h1 class="visually-hidden">Globe</h1>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label="The Earth with all nodes. Arrow keys turn it, plus and minus zoom, Enter picks what is in the middle."
      />
      <Notice error={error} />
    </div>
  );
}
