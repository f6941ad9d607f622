/**
 * Where the ledger is, as every part of the mesh reads it: a libSQL URL means here what it means to
 * @libsql/client, whose own reader this is. Only HTTP is spoken: workerd holds no socket open between
 * requests.
 *
 * ```ts
 * ledgerAddress("libsql://127.0.0.1:8080?tls=0").url; // http://127.0.0.1:8080/
 * ```
 * @module
 */
import { expandConfig } from "@libsql/core/config";
import { encodeBaseUrl } from "@libsql/core/uri";

/**
 * The URL of a ledger and the token that it asks for. What opens a ledger takes any URL that
 * ledgerAddress() reads.
 */
export interface LedgerAddress {
  /** From ledgerAddress(): of http: or https:, without a query. */
  url: string;
  /** Absent for a ledger that asks for none. */
  authToken?: string;
}

// One text for all that is wrong with it: quoting the URL could show a token.
const USABLE =
  "must be libsql://<host>, https://<host> or http://<host>, with no user name in it and " +
  "no parameter but authToken=<token>, and tls=0 for libsql:// with a port over plain HTTP; " +
  "ws://, wss:// and file: are not spoken here";

/**
 * Reads a ledger's URL as libSQL's client does: libsql: is HTTPS, or plain HTTP with tls=0 and a
 * port. An address that it has made reads as itself.
 * @param text the URL, with a token in its query or without
 * @param authToken a token in the URL wins over it
 * @throws RangeError that says what the URL must be and does not quote it
 */
export function ledgerAddress(text: string, authToken?: string): LedgerAddress {
  const { scheme, tls, authority, path, authToken: token } = readable(() =>
    expandConfig({ url: text, authToken }, true)
  );
  const is_http = (scheme === "http" && !tls) || (scheme === "https" && tls);
  if (!is_http || !authority?.host || authority.userinfo) throw new RangeError(USABLE);
  const { href } = readable(() => encodeBaseUrl(scheme, authority, path));
  return { url: href, authToken: token };
}

/** What libSQL's client throws quotes the URL. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new RangeError(USABLE);
  }
}
