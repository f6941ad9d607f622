/**
 * Says what is wrong, where a page shows it.
 * @module
 */
import type { ApiError } from "./api.ts";

/** A failure in words, announced to a screen reader; nothing where there is none. */
export function Notice({ error, again }: { error: ApiError | undefined; again?: () => void }) {
  return (
    <div role="status" aria-live="polite">
      {error && (
        <div class={`notice notice-${error.failure}`}>
          <strong>{error.title}</strong>
          <p>{error.message}</p>
          {error.request && <p class="faint">Request {error.request}</p>}
          {again && <button type="button" onClick={again}>Ask again</button>}
        </div>
      )}
    </div>
  );
}
