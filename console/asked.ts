/**
 * What a component shows of the mesh: asked when it appears, and again when its path or the key changes.
 * @module
 */
import { useCallback, useEffect, useState } from "preact/hooks";
import { ApiError, ask } from "./api.ts";
import { useKey } from "./session.ts";

export interface Asked<T> {
  /** The newest answer; it stays while a newer one fails or is on its way. */
  value: T | undefined;
  error: ApiError | undefined;
  isAsking: boolean;
  again(): void;
}

/**
 * Asks for the JSON of a path.
 * @param path null: nothing is asked
 * @param every_ms asks again so long after each answer, while the page is seen; 0: never
 */
export function useAsked<T>(path: string | null, every_ms = 0): Asked<T> {
  const key = useKey();
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<ApiError>();
  const [isAsking, setAsking] = useState(false);
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((n) => n + 1), []);
  // What one key or path showed says nothing of another's.
  useEffect(() => setValue(undefined), [path, key]);
  useEffect(() => {
    if (path === null) return;
    const controller = new AbortController();
    let timer = 0;
    const next = () => {
      if (every_ms > 0) timer = setTimeout(run, every_ms);
    };
    const run = async () => {
      if (document.hidden) return next();
      setAsking(true);
      try {
        const got = await ask<T>(path, { signal: controller.signal });
        setValue(() => got);
        setError(undefined);
      } catch (error) {
        if (controller.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setError(error);
      } finally {
        if (!controller.signal.aborted) setAsking(false);
      }
      next();
    };
    void run();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [path, key, every_ms, round]);
  return { value, error, isAsking, again };
}
