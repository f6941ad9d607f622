/**
 * Something that a person has the mesh do from a page: one at a time, and told if it failed.
 * @module
 */
import { useState } from "preact/hooks";
import { ApiError } from "./api.ts";

export interface Action {
  isBusy: boolean;
  error: ApiError | undefined;
  /** Runs it unless one runs. @returns whether it was done */
  run(work: () => Promise<unknown>): Promise<boolean>;
}

/** What a page does, and how the last of it went. */
export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  return {
    isBusy,
    error,
    async run(work) {
      if (isBusy) return false;
      setBusy(true);
      setError(undefined);
      try {
        await work();
        return true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        setError(error);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
