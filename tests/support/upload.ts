/**
 * Uploads of 100 MB, which no route takes.
 * @module
 */
import { checkAnswer } from "./described.ts";
import type { Mesh, Reply } from "./mesh.ts";
import { assertError } from "./refusals.ts";

const BYTES = 100e6;

/** A body of BYTES blanks: with its length told before, in chunks, or told and never sent. */
type Sending = "length" | "chunks" | "nothing";

/**
 * Sends it over a connection of our own: fetch() gives up when the server answers and hangs up
 * before it has read everything, which is just what it should do.
 */
async function upload(
  mesh: Mesh,
  path: string,
  { sending, key, headers = {} }: {
    sending: Sending;
    key: string;
    headers?: Record<string, string>;
  },
): Promise<Reply> {
  const { hostname, port } = new URL(mesh.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const blanks = new Uint8Array(65_536).fill(0x20);
  const bytes = (text: string) => new TextEncoder().encode(text);
  const chunks = sending === "chunks";
  const send = async () => {
    await connection.write(bytes(
      `POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n` +
        `Authorization: Bearer ${key}\r\nContent-Type: application/json\r\n` +
        Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("") +
        (chunks ? "Transfer-Encoding: chunked\r\n\r\n" : `Content-Length: ${BYTES}\r\n\r\n`),
    ));
    for (let sent = 0; sent < BYTES && sending !== "nothing"; sent += blanks.length) {
      if (chunks) await connection.write(bytes("10000\r\n"));
      for (let at = 0; at < blanks.length;) at += await connection.write(blanks.subarray(at));
      if (chunks) await connection.write(bytes("\r\n"));
    }
  };
  const sent = send().catch(() => {});
  let text = "";
  try {
    for await (const part of connection.readable.pipeThrough(new TextDecoderStream())) text += part;
  } catch {
    // Reset because of what was still on its way; the answer came before.
  }
  await sent;
  try {
    connection.close();
  } catch {
    // It ended with its stream.
  }
  const [head, body = ""] = text.split("\r\n\r\n");
  const [status, ...lines] = head.split("\r\n");
  const reply = {
    status: Number(status.split(" ")[1]),
    headers: new Headers(lines.map((line) => line.split(": ", 2) as [string, string])),
    text: body,
    body: body && JSON.parse(body),
  };
  await checkAnswer({ method: "POST", url: `${mesh.url}${path}`, ...reply });
  return reply;
}

/** However its length is told: 413, in the body of the path's API. */
export async function assertTooLarge(
  mesh: Mesh,
  path: string,
  key: string,
  headers?: Record<string, string>,
): Promise<void> {
  // Nothing sent: what a caller says of its body is enough to refuse it.
  for (const sending of ["length", "chunks", "nothing"] as const) {
    const refusal = { what: sending, path, status: 413, says: /at most \d+ bytes/ };
    assertError(await upload(mesh, path, { sending, key, headers }), refusal);
  }
}
