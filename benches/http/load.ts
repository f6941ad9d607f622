/**
 * Load from outside: wrk, which costs a tenth of what it asks, in a process of its own.
 * @module
 */

/** One request of a round; wrk sends a round's requests in turn, over and over. */
export interface Request {
  /** `{n}` in a path or a header's value becomes a number that no other request of the load has. */
  path: string;
  headers?: Record<string, string>;
  body: string | Uint8Array;
}

/** What wrk has counted. */
export interface Load {
  requests_per_s: number;
  requests: number;
  p50_ms: number;
  p99_ms: number;
  /** Answers other than 2xx, and requests that broke off. */
  failed: number;
}

/** A round of requests in one file, as wrk reads it before it asks. */
export class PreparedLoad {
  readonly #folder: string;
  readonly #connections: number;
  readonly #count: number;
  /** How many requests loads before this one may have sent: the first of this one, and what `{n}` starts at. */
  #sent = 0;

  private constructor(folder: string, count: number, connections: number) {
    [this.#folder, this.#count, this.#connections] = [folder, count, connections];
  }

  /** Writes the round: nothing of it is written while wrk asks. */
  static async of(requests: readonly Request[], connections: number): Promise<PreparedLoad> {
    const folder = await Deno.makeTempDir({ prefix: "perigee-load-" });
    const headers: string[] = [];
    const indexOf = (set: string) => {
      const at = headers.indexOf(set);
      return at >= 0 ? at : headers.push(set) - 1;
    };
    const utf8 = new TextEncoder();
    const pieces = requests.flatMap(({ path, headers = {}, body }) => {
      const set = Object.entries(headers).map(([name, value]) =>
        `[${JSON.stringify(name)}]=${JSON.stringify(value)}`
      );
      const bytes = typeof body === "string" ? utf8.encode(body) : body;
      return [utf8.encode(`${path}\n${indexOf(`{${set}}`) + 1} ${bytes.length}\n`), bytes];
    });
    await Deno.writeFile(`${folder}/round`, new Blob(pieces as BlobPart[]).stream());
    const numbered = requests.some(({ path, headers = {} }) =>
      [path, ...Object.values(headers)].some((text) => text.includes("{n}"))
    );
    await Deno.writeTextFile(`${folder}/load.lua`, lua(`${folder}/round`, headers, numbered));
    return new PreparedLoad(folder, requests.length, connections);
  }

  /** How many of the round's requests no load has sent yet. */
  get unsent(): number {
    return Math.max(0, this.#count - this.#sent);
  }

  /** Asks for some seconds, from where the load before stopped, and counts what was answered. */
  async run(url: string, seconds: number): Promise<Load> {
    const { stdout, stderr, success } = await new Deno.Command("wrk", {
      args: [
        "-t1",
        `-c${this.#connections}`,
        `-d${seconds}s`,
        "--timeout",
        "20s",
        "-s",
        `${this.#folder}/load.lua`,
        url,
        "--",
        `${this.#sent}`,
      ],
    }).output();
    const text = new TextDecoder().decode(stdout);
    const line = text.split("\n").find((line) => line.startsWith("{"));
    if (!success || !line) throw new Error(`wrk: ${text}${new TextDecoder().decode(stderr)}`);
    const load = JSON.parse(line) as Load;
    // Each connection may have sent one that was not answered, and one more if it broke off.
    this.#sent += load.requests + load.failed + 2 * this.#connections;
    return load;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Formats each request before the first is sent where none is numbered: then wrk only sends. */
const lua = (round: string, headers: readonly string[], numbered: boolean): string => `
local headers = {${headers.join(",")}}
local entries = {}
local n = 0
function init(args)
  n = tonumber(args[1])
  local f = io.open("${round}", "rb")
  for path in function() return f:read("*l") end do
    local set, size = f:read("*n", "*n")
    f:read(1)
    local body = size > 0 and f:read(size) or ""
    entries[#entries + 1] = ${numbered}
      and {path = path, headers = headers[set], body = body}
      or wrk.format("POST", path, headers[set], body)
  end
  f:close()
end
local function make(e)
  local numbered = {}
  for k, v in pairs(e.headers) do numbered[k] = v:gsub("{n}", n) end
  return wrk.format("POST", (e.path:gsub("{n}", n)), numbered, e.body)
end
function request()
  n = n + 1
  local e = entries[(n - 1) % #entries + 1]
  return ${numbered} and make(e) or e
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests_per_s":%f,"requests":%d,"p50_ms":%f,"p99_ms":%f,"failed":%d}\\n',
    summary.requests / summary.duration * 1e6, summary.requests,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;

/** Whether there is a wrk on this machine. */
export const hasWrk = async (): Promise<boolean> =>
  await new Deno.Command("wrk", { args: ["-v"], stdout: "null", stderr: "null" }).output()
    .then(() => true, () => false);
