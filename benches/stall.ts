/**
 * What hostile bodies and model files do to others: a caller asks for a small inference every 50 ms while they
 * arrive, and the longest that it waits stands beside the same caller on a quiet mesh, in the same run.
 * @module
 */
import { readSettings } from "../emulator/settings.ts";
import { startEmulator } from "../emulator/start.ts";
import { canary, percentile } from "./canary.ts";
import { DRIVE, HOSTILE, SMALL } from "./hostile-bodies.ts";
import { HOSTILE_FILES } from "./hostile-files.ts";
import type { Line, Report } from "./timing.ts";

// Of a kind at once: each connection alone has the whole thread for as long as its body takes.
const AT_ONCE = 2;
const TARGET_MS = 250;
const QUIET_MS = 3_000;

export async function benchStall({ small }: { small: boolean }): Promise<Report> {
  const data = await Deno.makeTempDir({ prefix: "perigee-bench-" });
  const settings = readSettings((name) => ({ PORT: "0", PERIGEE_DATA: data })[name], Date.now());
  const { url, secrets, close } = await startEmulator(settings);
  try {
    const post = (path: string, body: BodyInit, headers?: Record<string, string>) =>
      fetch(`${url}${path}`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${secrets.dev_key}`,
          "Content-Type": "application/json",
          ...headers,
        },
        body,
      });
    const ask = async () => {
      const response = await post(DRIVE, JSON.stringify(SMALL));
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
      await response.body?.cancel();
    };
    await ask();
    const quiet = canary(ask);
    await new Promise((resolve) => setTimeout(resolve, small ? 300 : QUIET_MS));
    const quiet_ms = percentile(await quiet.stop(), 0.99);
    const lines: Line[] = [];
    const measure = async (what: string, send: () => Promise<Response>) => {
      const bird = canary(ask);
      // A client may be cut off while it sends: that is an answer, too.
      const sent = Array.from(
        { length: AT_ONCE },
        () => send().then((response) => response.text(), () => ""),
      );
      await Promise.all(sent);
      const worst_ms = (await bird.stop()).at(-1) ?? 0;
      const more_ms = Math.max(0, worst_ms - quiet_ms);
      lines.push({
        what,
        measured: `${more_ms.toFixed(0)} ms more (${(worst_ms / quiet_ms).toFixed(1)} x)`,
        target: `${TARGET_MS} ms`,
        holds: more_ms < TARGET_MS,
      });
    };
    // A small run sees that it works: some of the kinds are enough for that.
    const some = <T>(kinds: readonly T[]) => kinds.filter((_, i) => !small || i % 4 === 0);
    for (const { what, path, body, headers } of some(HOSTILE)) {
      const text = small ? body().slice(0, 100_000) : body();
      await measure(what, () => post(path, text, headers));
    }
    for (const { what, make } of some(HOSTILE_FILES)) {
      const bytes = small ? make().slice(0, 100_000) : make();
      await measure(`a model file: ${what}`, () => put(url, secrets.dev_key, bytes));
    }
    return {
      title:
        `The longest that a caller waits while ${AT_ONCE} hostile bodies or files arrive at once, beyond the ` +
        "p99 of a quiet mesh",
      lines,
    };
  } finally {
    await close();
    await Deno.remove(data, { recursive: true });
  }
}

const put = (url: string, key: string, body: Uint8Array<ArrayBuffer>): Promise<Response> =>
  fetch(`${url}/v1/models/hostile`, {
    method: "PUT",
    headers: { Authorization: `Bearer ${key}` },
    body,
  });
