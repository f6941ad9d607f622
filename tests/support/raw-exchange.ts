/**
 * A request written byte by byte over a connection of our own, and its answer before anything of it was
 * unpacked: fetch() would hide how the two were encoded.
 * @module
 */
import { checkAnswer } from "./described.ts";
import { joined } from "../../functions/middleware/capped-body.ts";

export interface RawAnswer {
  status: number;
  headers: Headers;
  /** As it came, but for the chunks of its transfer. */
  body: Uint8Array<ArrayBuffer>;
}

/**
 * Sends a request and reads its answer to the end of the connection.
 * @param head lines of the request, without the last empty one; Host and Connection are added
 * @param parts of the body, each written by itself
 */
export async function rawExchange(
  url: string,
  { head, parts }: { head: readonly string[]; parts: readonly Uint8Array[] },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  connection.setNoDelay();
  const lines = [...head, `Host: ${hostname}`, "Connection: close"];
  const send = async () => {
    const first = new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
    for (const part of [first, ...parts]) {
      for (let at = 0; at < part.length;) at += await connection.write(part.subarray(at));
    }
  };
  // An answer may come before all is sent, and the rest is then of no use.
  const sent = send().catch(() => {});
  const came: Uint8Array[] = [];
  try {
    for await (const piece of connection.readable) came.push(piece);
  } catch {
    // Reset behind the answer: what came before counts.
  }
  await sent;
  const answer = answerOf(joined(came));
  const [method, path] = head[0].split(" ");
  const { status, headers, body } = answer;
  // A packed body is the test's own to unpack.
  const text = headers.has("Content-Encoding") ? null : new TextDecoder().decode(body);
  await checkAnswer({ method, url: `${url}${path}`, status, headers, text });
  return answer;
}

function answerOf(bytes: Uint8Array<ArrayBuffer>): RawAnswer {
  const latin = new TextDecoder("latin1");
  const text = latin.decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  const [status, ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Headers(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }));
  const rest = bytes.slice(end + 4);
  const isChunked = headers.get("transfer-encoding") === "chunked";
  return { status: Number(status.split(" ")[1]), headers, body: isChunked ? whole(rest) : rest };
}

/** Undoes chunked transfer coding. */
function whole(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const latin = new TextDecoder("latin1");
  for (let at = 0;;) {
    const line = bytes.indexOf(13, at);
    const size = parseInt(latin.decode(bytes.subarray(at, line)), 16);
    if (!(size > 0)) return joined(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
