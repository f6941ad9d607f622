/**
 * Which pages of other origins may ask the mesh from a browser: the setting PERIGEE_CORS_ORIGINS.
 * @module
 */

/** The word that stands for pages which this machine serves to itself, on any port. */
export const LOCALHOST = "localhost";

const LOCAL_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/** The origins that are allowed. */
export interface CorsOrigins {
  /** Whether none is: then no answer depends on where a request comes from. */
  isEmpty: boolean;
  /** @param origin as the header `Origin` has it */
  allows(origin: string): boolean;
}

/**
 * Reads the setting: origins, each as a browser writes it, and the word `localhost`, between blanks or
 * commas. There is no wildcard: a page that its owner did not name must not spend its visitors' keys.
 * @param setting its text; empty for no origin at all
 * @throws RangeError that names what is no origin
 */
export function parseCorsOrigins(setting: string): CorsOrigins {
  const words = setting.split(/[\s,]+/).filter((word) => word !== "");
  const wrong = words.find((word) => word !== LOCALHOST && !isOrigin(word));
  if (wrong !== undefined) {
    throw new RangeError(
      `"${wrong.slice(0, 64)}" must be an origin such as https://app.example, or ${LOCALHOST}`,
    );
  }
  const named = new Set(words);
  const local = named.delete(LOCALHOST);
  return {
    isEmpty: words.length === 0,
    allows: (origin) => named.has(origin) || (local && LOCAL_ORIGIN.test(origin)),
  };
}

const ORIGIN = /^https?:\/\/(?:[a-z\d.-]+|\[[\da-f:]+\])(?::\d{1,5})?$/;

/** Exact as a browser sends it: in lower case, without a path, and without the scheme's own port. */
const isOrigin = (word: string): boolean =>
  ORIGIN.test(word) && URL.canParse(word) && new URL(word).origin === word;
