/**
 * A response that never changes while the isolate lives: it is made once, at the first request. A client
 * that shows its ETag has it, and gets a 304 (RFC 9110, 13.1.2).
 * @module
 */
import type { App } from "../context.ts";
import { isHeld } from "../params/etag.ts";
import { sha256Hex } from "../sha256-hex.ts";

// 64 bits tell apart all the releases that there will ever be.
const ETAG_HEX = 16;

export function serveConstant(
  app: App,
  path: string,
  { type, headers: own = {}, make }: {
    type: string;
    headers?: Record<string, string>;
    make: () => string | Promise<string>;
  },
): void {
  let made: { body: string; etag: string } | undefined;
  app.get(path, async (c) => {
    if (!made) {
      const body = await make();
      made = { body, etag: `"${sha256Hex(body).slice(0, ETAG_HEX)}"` };
    }
    const { body, etag } = made;
    // A client asks again each time, since a release changes the response; until then a 304 of a few
    // bytes answers it.
    const headers = { ...own, ETag: etag, "Cache-Control": "no-cache" };
    if (isHeld(c.req.header("If-None-Match"), etag)) return c.body(null, 304, headers);
    return c.body(body, 200, { ...headers, "Content-Type": type });
  });
}
