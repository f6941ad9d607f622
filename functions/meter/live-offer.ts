/**
 * What a page offers as it opens a WebSocket (RFC 6455, 11.3.4). Browsers let a page set no other header, so
 * its key is one of the subprotocols.
 * @module
 */
import { BEARER_PROTOCOL, LIVE_PROTOCOL } from "../../contract/live.ts";

/** What a page offers. */
export interface Offer {
  /** Whether it speaks the protocol that is spoken here. */
  speaks: boolean;
  /** The key that it shows; undefined if it shows none, or several. */
  bearer: string | undefined;
}

/** @param header Sec-WebSocket-Protocol, as it came; null: it did not */
export function readOffer(header: string | null): Offer {
  const offered = (header ?? "").split(",").map((one) => one.trim());
  const keys = offered.filter((one) => one.startsWith(BEARER_PROTOCOL));
  return {
    speaks: offered.includes(LIVE_PROTOCOL),
    bearer: keys.length === 1 ? keys[0].slice(BEARER_PROTOCOL.length) : undefined,
  };
}
