/**
 * How a page's WebSocket gets from the route to the feed of its tenant: a request of our own making, as for
 * boards. Nothing of the page's own request is in it, its key neither.
 * @module
 */
import type { Region } from "../../mesh/region.ts";

const HEADER = "Perigee-Live";

/** What a page has shown, by which the feed learns when it is good no more. */
export type LiveCredential =
  | { kind: "key" | "admin"; /** SHA-256 of the whole key, hexadecimal. */ hash: string }
  /** The deployment's admin token, which nobody revokes while the deployment runs. */
  | { kind: "token" };

/** Who comes to which tenant's feed. */
export interface LiveArrival {
  tenant_id: string;
  credential: LiveCredential;
  /** Where the page is: the ledger cache near it knows its key. */
  region: Region;
}

/** The upgrade for a feed. */
export const liveRequest = (arrival: LiveArrival): Request =>
  new Request("https://live.invalid/", {
    headers: { Upgrade: "websocket", [HEADER]: JSON.stringify(arrival) },
  });

/**
 * Reads what liveRequest() has written.
 * @returns null for any other request
 */
export function readLiveRequest(request: Request): LiveArrival | null {
  const said = request.headers.get(HEADER);
  return said === null ? null : JSON.parse(said);
}
