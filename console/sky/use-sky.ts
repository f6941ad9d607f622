/**
 * The sky and its clock, for components.
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import type { EpochMs } from "../../mesh/units.ts";
import { ApiError } from "../api.ts";
import { loadSky, onNewSky } from "./load-sky.ts";
import type { Orbit, Sky } from "./sky.ts";
import type { Pace, ViewClock } from "./view-clock.ts";

const AGAIN_MS = 3_000;

/** The sky once it is there; asked again while the mesh does not answer, and when it flies another one. */
export function useSky(): { sky: Sky | null; error: ApiError | undefined } {
  const [sky, setSky] = useState<Sky | null>(null);
  const [error, setError] = useState<ApiError>();
  const trouble = useTrouble(sky);
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
    const end = onNewSky(() => void load());
    return () => {
      isOver = true;
      clearTimeout(timer);
      end();
    };
  }, []);
  return { sky, error: error ?? trouble };
}

function useTrouble(sky: Sky | null): ApiError | undefined {
  const [trouble, setTrouble] = useState<ApiError>();
  useEffect(() => {
    if (!sky) return;
    const read = () => setTrouble(sky.trouble.read());
    read();
    return sky.trouble.subscribe(read);
  }, [sky]);
  return trouble;
}

/** How a node flies, once it is known. */
export function useOrbit(sky: Sky, node: number): { orbit: Orbit | null; error?: ApiError } {
  const [state, setState] = useState<{ orbit: Orbit | null; error?: ApiError }>({ orbit: null });
  useEffect(() => {
    let isOver = false;
    setState({ orbit: null });
    sky.orbit(node).then((orbit) => {
      if (!isOver) setState({ orbit });
    }, (error) => {
      if (!(error instanceof ApiError)) throw error;
      if (!isOver) setState({ orbit: null, error });
    });
    return () => {
      isOver = true;
    };
  }, [sky, node]);
  return state;
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
