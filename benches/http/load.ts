/**
 * Load from outside: wrk, which costs a tenth of what it asks, in a process of its own.
 * @module
 */

/** One request of a round; wrk sends a round's requests in turn, over and over. */
export interface Request {
  path: string;
  headers?: Record<string, string>;
  body: string | Uint8Array;
}

export interface Load {
  requests_per_s: number;
  requests: number;
  p50_ms: number;
  p99_ms: number;
  /** Answers other than 2xx, and requests that broke off. */
  failed: number;
}

export interface LoadOptions {
  url: string;
  requests: readonly Request[];
  seconds: number;
  connections: number;
  /** `{n}` in a path or a header's value becomes a number that no other request of the load has. */
  numbered?: boolean;
}

/** Whether there is a wrk on this machine. */
export const hasWrk = async (): Promise<boolean> =>
  await new Deno.Command("wrk", { args: ["-v"], stdout: "null", stderr: "null" }).output()
    .then(() => true, () => false);

/** Asks for some seconds, and counts what was answered. */
export async function load({ url, requests, seconds, connections, numbered }: LoadOptions) {
  const folder = await Deno.makeTempDir({ prefix: "perigee-load-" });
  try {
    const entries: string[] = [];
    for (const [i, { path, headers = {}, body }] of requests.entries()) {
      const file = `${folder}/${i}`;
      await Deno.writeFile(file, typeof body === "string" ? new TextEncoder().encode(body) : body);
      const set = Object.entries(headers).map(([name, value]) =>
        `[${JSON.stringify(name)}]=${JSON.stringify(value)}`
      );
      entries.push(`{path=${JSON.stringify(path)},file="${file}",headers={${set.join(",")}}}`);
    }
    const script = `${folder}/load.lua`;
    await Deno.writeTextFile(script, lua(entries, numbered ?? false));
    const { stdout, stderr, success } = await new Deno.Command("wrk", {
      args: ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "20s", "-s", script, url],
    }).output();
    const text = new TextDecoder().decode(stdout);
    const line = text.split("\n").find((line) => line.startsWith("{"));
    if (!success || !line) throw new Error(`wrk: ${text}${new TextDecoder().decode(stderr)}`);
    return JSON.parse(line) as Load;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Formats each request once where none is numbered: then wrk only sends. */
const lua = (entries: readonly string[], numbered: boolean): string => `
local entries = {${entries.join(",")}}
local made = {}
-- A load begins anywhere: one of new nodes each would else have those of the load before it.
local at, n = ${Math.floor(Math.random() * entries.length)}, ${Math.floor(Math.random() * 1e9)}
local function make(e)
  if not e.body then
    local f = io.open(e.file, "rb")
    e.body = f:read("*a")
    f:close()
  end
  local path, headers = e.path, e.headers
  if ${numbered} then
    n = n + 1
    path = path:gsub("{n}", n)
    local numbered = {}
    for k, v in pairs(headers) do numbered[k] = v:gsub("{n}", n) end
    return wrk.format("POST", path, numbered, (e.body:gsub("{n}", n)))
  end
  return wrk.format("POST", path, headers, e.body)
end
request = function()
  at = at % #entries + 1
  if ${numbered} then return make(entries[at]) end
  made[at] = made[at] or make(entries[at])
  return made[at]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests_per_s":%f,"requests":%d,"p50_ms":%f,"p99_ms":%f,"failed":%d}\\n',
    summary.requests / summary.duration * 1e6, summary.requests,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;
