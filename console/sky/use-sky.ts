/**
 * The sky and its clock, for components.
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import type { EpochMs } from "../../mesh/units.ts";
import { ApiError } from "../api.ts";
import { isKnown, loadSky, type Sky, type UnknownSky } from "./sky.ts";
import type { Pace, ViewClock } from "./view-clock.ts";

const AGAIN_MS = 3_000;

/** The sky once it is there; asked again while the mesh does not answer. */
export function useSky(): {
  sky: Sky | null;
  unknown: UnknownSky | null;
  error: ApiError | undefined;
} {
  const [sky, setSky] = useState<Sky | UnknownSky>();
  const [error, setError] = useState<ApiError>();
  useEffect(() => {
    let timer = 0;
    let isOver = false;
    const load = () =>
      loadSky().then((loaded) => {
        if (isOver) return;
        setSky(loaded);
        setError(undefined);
      }, (failed) => {
        if (isOver) return;
        if (!(failed instanceof ApiError)) throw failed;
        setError(failed);
        timer = setTimeout(load, AGAIN_MS);
      });
    void load();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  const known = sky !== undefined && isKnown(sky);
  return { sky: known ? sky : null, unknown: sky && !known ? sky : null, error };
}

/** What is shown of time, some times a second. */
export function useNow(clock: ViewClock, every_ms = 250): { at: EpochMs; pace: Pace } {
  const [, tick] = useState(0);
  useEffect(() => {
    const draw = () => tick((n) => n + 1);
    const timer = setInterval(draw, every_ms);
    const end = clock.onChange(draw);
    return () => {
      clearInterval(timer);
      end();
    };
  }, [clock, every_ms]);
  return { at: clock.now(), pace: clock.pace };
}
