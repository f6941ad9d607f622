/**
 * The page's one live socket: what the tenant's executions do, as it happens. It is open while something
 * of the page listens and there is a key; if it is lost it says so and comes again, after a wait that grows.
 * Not its job: what came before; /v1/placements and /v1/usage have that.
 * @module
 */
import {
  BEARER_PROTOCOL,
  type LedgerState,
  LIVE_CLOSE,
  LIVE_PING,
  LIVE_PING_MS,
  LIVE_PONG,
  LIVE_PROTOCOL,
  type LiveMessage,
  type LiveNews,
} from "../contract/live.ts";
import { ApiError, call } from "./api.ts";
import { currentKey, onKey } from "./session.ts";
import { useSyncExternal } from "./store.ts";
import { currentTenant, onTenant } from "./tenant.ts";

/** How the socket stands. */
export interface LiveStatus {
  /** `off`: nobody listens, or there is no key. `refused`: the mesh does not take the key. */
  state: "off" | "connecting" | "open" | "lost" | "refused";
  /** Whether the ledger answers; news wait while it does not. */
  ledger: LedgerState;
  /** When the next attempt begins, ms since 1970; only while it is lost. */
  again_at: number | null;
  /** Why it is refused. */
  error: ApiError | undefined;
}

const WAIT_MS_MIN = 1_000;
const WAIT_MS_MAX = 30_000;
// A pong that takes longer will not come: the connection is gone, and nobody has said so.
const PONG_MS_MAX = 10_000;

const OFF: LiveStatus = { state: "off", ledger: "here", again_at: null, error: undefined };

/** Who listens. */
interface Listener {
  heard: (news: LiveNews) => void;
  /** Everything from now on will be told, and what came before is in the ledger: now is the time to read it. */
  opened?: () => void;
}

const listeners = new Set<Listener>();
const watchers = new Set<() => void>();
let status = OFF;
let socket: WebSocket | null = null;
let failures = 0;
let retry: ReturnType<typeof setTimeout> | undefined;
let ping: ReturnType<typeof setTimeout> | undefined;

/** How long to wait before an attempt, after so many that failed: from half to the whole of a doubled second. */
export const waitAfter = (failures: number, random: number): number =>
  Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** failures) * (0.5 + random / 2);

/**
 * Hears of news from now on; the socket opens with the first who listens.
 * @param opened is called each time that it has opened, or the ledger is back: between what a page read
 *   before and that, something may have come that is not told
 * @returns what ends that
 */
export function watchLive(heard: Listener["heard"], opened?: Listener["opened"]): () => void {
  const listener = { heard, opened };
  listeners.add(listener);
  if (listeners.size === 1) begin();
  else if (status.state === "open") opened?.();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) end();
  };
}

/** How the socket stands now. */
export const liveStatus = (): LiveStatus => status;

/** How the socket stands, for a component that is drawn anew when that changes. */
export const useLiveStatus = (): LiveStatus =>
  useSyncExternal((heard) => {
    watchers.add(heard);
    return () => void watchers.delete(heard);
  }, liveStatus);

/** Opens the socket anew: for another key, or as somebody does not want to wait. */
export function reconnect(): void {
  if (listeners.size === 0) return;
  close();
  failures = 0;
  open();
}

let endHearing: (() => void) | null = null;

/** The machine is online again. */
const hurry = () => status.state === "lost" && reconnect();

function begin(): void {
  const ends = [onKey(reconnect), onTenant(reconnect)];
  addEventListener("online", hurry);
  endHearing = () => {
    for (const end of ends) end();
    removeEventListener("online", hurry);
  };
  reconnect();
}

function end(): void {
  endHearing?.();
  close();
  show(OFF);
}

function close(): void {
  clearTimeout(retry);
  clearTimeout(ping);
  const old = socket;
  // What it says from now on is not heard: it is another one's then.
  socket = null;
  old?.close();
}

function show(next: Partial<LiveStatus>): void {
  status = { ...status, again_at: null, error: undefined, ...next };
  for (const heard of watchers) heard();
}

function open(): void {
  const key = currentKey();
  if (key === "") return show(OFF);
  show({ state: failures === 0 ? "connecting" : "lost" });
  const tenant = currentTenant();
  const query = tenant === "" ? "" : `?tenant=${encodeURIComponent(tenant)}`;
  const opening = openSocket(`/v1/live${query}`, key);
  if (!opening) return void refuse(query, null);
  socket = opening;
  let isWelcome = false;
  opening.onmessage = ({ data }) => {
    if (socket !== opening) return;
    if (data === LIVE_PONG) return schedulePing(opening);
    const message: LiveMessage = JSON.parse(data);
    if (message.type === "news") {
      for (const { heard } of listeners) heard(message);
      return;
    }
    if (message.type === "welcome") {
      isWelcome = true;
      failures = 0;
      schedulePing(opening);
    }
    show({ state: "open", ledger: message.ledger });
    // While the ledger was away nobody could read what came before.
    if (message.ledger === "away") return;
    for (const { opened } of listeners) opened?.();
  };
  opening.onclose = ({ code }) => {
    if (socket !== opening) return;
    if (isWelcome && code !== LIVE_CLOSE.revoked) return lose();
    void refuse(query, opening);
  };
}

/** @returns null for a key that is no subprotocol, and so none that the mesh has made */
function openSocket(path: string, key: string): WebSocket | null {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  try {
    return new WebSocket(url, [LIVE_PROTOCOL, BEARER_PROTOCOL + key]);
  } catch {
    return null;
  }
}

/**
 * A browser does not say why a socket was refused. The same path without an upgrade tells: 400 for that
 * alone, which is a good key's.
 */
async function refuse(query: string, closed: WebSocket | null): Promise<void> {
  const error = await call(`/v1/live${query}`).then(() => undefined, (error) => error);
  if (socket !== closed) return;
  if (error instanceof ApiError) {
    if ([401, 403, 404].includes(error.status)) return show({ state: "refused", error });
    // An operator who has named no tenant yet watches nobody.
    if (error.status === 400 && error.message.includes("#/tenant")) return show(OFF);
  }
  // An admin token of characters that no subprotocol has: the mesh takes it, but not from a browser.
  if (closed === null) return show({ state: "refused" });
  lose();
}

function lose(): void {
  close();
  const wait = waitAfter(failures++, Math.random());
  show({ state: "lost", again_at: Date.now() + wait });
  retry = setTimeout(open, wait);
}

/** Pings later on, and takes the connection for lost if no pong comes. */
function schedulePing(of: WebSocket): void {
  clearTimeout(ping);
  ping = setTimeout(() => {
    if (socket !== of) return;
    of.send(LIVE_PING);
    ping = setTimeout(() => socket === of && lose(), PONG_MS_MAX);
  }, LIVE_PING_MS);
}
