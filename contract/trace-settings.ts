/**
 * Where traces are sent, and how many: the settings PERIGEE_OTLP_URL, PERIGEE_OTLP_HEADERS and
 * PERIGEE_TRACE_RATIO.
 * @module
 */

/** An OTLP collector, and the share of traces that it gets. */
export interface TraceSettings {
  /** Takes spans by POST, as JSON. */
  url: string;
  /** Sent with them; secret. */
  headers: Readonly<Record<string, string>>;
  /** Of the traces that begin here, from 0 to 1; a caller's own decision comes before it. */
  ratio: number;
}

/**
 * Reads the address of a collector.
 * @param text of PERIGEE_OTLP_URL; empty: none
 * @returns null if there is none
 * @throws RangeError if it is no address, or has a password in it
 */
export function otlpUrl(text: string): string | null {
  if (text === "") return null;
  if (!URL.canParse(text)) throw new RangeError("must be a URL, such as https://host/v1/traces");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new RangeError("must begin with https:// or http://");
  }
  if (url.username || url.password) {
    throw new RangeError("must have no user in it: PERIGEE_OTLP_HEADERS holds what is secret");
  }
  return url.href;
}

/**
 * Reads headers as OTEL_EXPORTER_OTLP_HEADERS has them: `name=value,other=value`, percent-encoded.
 * @param text of PERIGEE_OTLP_HEADERS; empty: none
 * @throws RangeError, which does not repeat them, for what cannot be sent
 */
export function otlpHeaders(text: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(",").map((one) => one.trim()).filter((one) => one)) {
    const equals = pair.indexOf("=");
    try {
      if (equals < 1) throw new RangeError();
      const name = pair.slice(0, equals).trim();
      const value = decodeURIComponent(pair.slice(equals + 1).trim());
      new Headers().set(name, value);
      headers[name] = value;
    } catch {
      throw new RangeError("must be name=value pairs with commas between them, percent-encoded");
    }
  }
  return headers;
}

/**
 * Reads the share of traces that are recorded.
 * @param text of PERIGEE_TRACE_RATIO
 * @returns from 0 to 1; 1, all of them, for an empty text
 * @throws RangeError if it is no number from 0 to 1
 */
export function traceRatio(text: string): number {
  if (text === "") return 1;
  const ratio = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || ratio > 1) throw new RangeError("must be a number from 0 to 1");
  return ratio;
}
