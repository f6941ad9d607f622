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

export interface LedgerAddress {
  /** Of http: or https:, without a query. */
  url: string;
  authToken?: string;
}

// One text for all that is wrong with it: quoting the URL could show a token.
const USABLE =
  "must be libsql://<host>, https://<host> or http://<host>, with no user name in it and " +
  "no parameter but authToken=<token>, and tls=0 for libsql:// with a port over plain HTTP; " +
  "ws://, wss:// and file: are not spoken here";

/** Throws a RangeError that says what it must be. @param authToken a token in the URL wins over it */
export function ledgerAddress(text: string, authToken?: string): LedgerAddress {
  const { scheme, tls, authority, path, authToken: token } = read(text, authToken);
  const is_http = (scheme === "http" && !tls) || (scheme === "https" && tls);
  if (!is_http || !authority?.host || authority.userinfo) throw new RangeError(USABLE);
  return { url: encodeBaseUrl(scheme, authority, path).href, authToken: token };
}

function read(text: string, authToken?: string) {
  try {
    return expandConfig({ url: text, authToken }, true);
  } catch {
    throw new RangeError(USABLE);
  }
}
