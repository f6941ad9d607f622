/**
 * Says how the live socket stands.
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { reconnect, useLiveStatus } from "./live.ts";

/** Nothing while nobody listens; announced to a screen reader when the connection is lost or is back. */
export function LiveBadge() {
  const { state, ledger, again_at, error } = useLiveStatus();
  const left = useSecondsUntil(again_at);
  if (state === "off") return null;
  if (state === "open") {
    return ledger === "away"
      ? <span role="status" class="live-state live-warn">News wait for the ledger</span>
      : <span role="status" class="live-state live-open">Live</span>;
  }
  if (state === "connecting") return <span role="status" class="live-state">Connecting</span>;
  if (state === "refused") {
    return (
      <span role="status" class="live-state live-bad">
        {error?.title ?? "Live news are refused"}
      </span>
    );
  }
  return (
    <span class="live-state live-bad">
      <span role="status">The live connection is lost</span>
      <span aria-hidden="true">{left > 0 ? `, again in ${left} s` : ", trying"}</span>
      <button type="button" class="quiet" onClick={reconnect}>Try now</button>
    </span>
  );
}

function useSecondsUntil(at: number | null): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (at === null) return;
    const timer = setInterval(() => tick((n) => n + 1), 1_000);
    return () => clearInterval(timer);
  }, [at]);
  return at === null ? 0 : Math.max(0, Math.ceil((at - Date.now()) / 1e3));
}

/** As LiveBadge(), where only what is wrong has a place. */
export function LiveTrouble() {
  const { state, ledger } = useLiveStatus();
  const isWrong = state === "lost" || state === "refused" ||
    (state === "open" && ledger === "away");
  return isWrong
    ? (
      <div class="notice">
        <LiveBadge />
      </div>
    )
    : null;
}
