/**
 * Requests as they must not be, over a connection of our own: fetch() sends none of them.
 * @module
 */
import type { Mesh } from "./mesh.ts";

/**
 * Sends a head and a part of a body, then ends the sending side or hangs up.
 * @returns what came back; empty if nothing did
 */
export async function sendRaw(
  mesh: Mesh,
  { path, key, headers, part, then }: {
    path: string;
    key: string;
    /** Beside those of every request. */
    headers: string[];
    part: string;
    /** No more is sent; or the connection is closed without waiting for an answer. */
    then: "end" | "hang up";
  },
): Promise<string> {
  const { hostname, port } = new URL(mesh.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${hostname}`,
    "Connection: close",
    `Authorization: Bearer ${key}`,
    "Content-Type: application/json",
    ...headers,
  ];
  let text = "";
  try {
    await connection.write(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n${part}`));
    if (then === "hang up") return "";
    await connection.closeWrite();
    const reading = connection.readable.pipeThrough(new TextDecoderStream());
    for await (const piece of reading) text += piece;
  } catch {
    // Reset: what came before counts.
  } finally {
    try {
      connection.close();
    } catch {
      // It ended with its stream.
    }
  }
  return text;
}
