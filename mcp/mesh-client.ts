/**
 * Asks a mesh over HTTP, with one key.
 * Not its job: what is asked (tool.ts), and asking again: a host decides that, who knows what it costs.
 * @module
 */
import { z } from "zod";
import type { McpSettings } from "./settings.ts";

/** One request, of which no part can lead out of its path. */
export interface MeshRequest {
  method: "GET" | "POST";
  /** Segments, not yet escaped. */
  path: readonly string[];
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  body?: object;
  headers?: Readonly<Record<string, string>>;
}

export type MeshAnswer =
  /** `text` is the body as it came, in which integers have all their digits. */
  | { ok: true; text: string; body: Record<string, unknown> }
  /** Why there is no answer, for whoever asked. */
  | { ok: false; says: string };

// A mesh that accepts and never answers would hold a host's turn for ever.
const ANSWER_MS_MAX = 60_000;
// The SDK's clients close the connection at a message of more than 10 MB, and an answer is in one twice.
const ANSWER_CHARS_MAX = 4_000_000;

// What errors of all routes have: RFC 9457 under /v1, the Open Inference Protocol's under /v2.
const Refusal = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]),
  error: z.unknown().optional(),
});

/** @param signal ends the request if the host no longer waits */
export async function askMesh(
  { mesh, key }: McpSettings,
  request: MeshRequest,
  signal: AbortSignal,
): Promise<MeshAnswer> {
  const url = urlOf(mesh, request);
  if (url === null) return { ok: false, says: "A name must not be . or .." };
  const { method, body, headers } = request;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers: {
        ...headers,
        Authorization: `Bearer ${key}`,
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body && JSON.stringify(body),
      // The key is for this mesh, not for where it points.
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    text = await response.text();
  } catch (error) {
    return { ok: false, says: `${mesh} does not answer: ${(error as Error).message}` };
  }
  const read = readObject(text);
  if (!response.ok) return { ok: false, says: refusalOf(response, read) };
  if (read === null) return { ok: false, says: `${mesh} answered with something else than JSON` };
  if (text.length > ANSWER_CHARS_MAX) {
    const says =
      `The answer has ${text.length} characters, at most ${ANSWER_CHARS_MAX} are passed ` +
      "on: ask for fewer outputs, or over HTTP. What ran is charged";
    return { ok: false, says };
  }
  return { ok: true, text, body: read };
}

/** Null where a segment would be read as a way up. */
function urlOf(mesh: string, { path, query = {} }: MeshRequest): URL | null {
  if (path.some((segment) => /^\.{0,2}$/.test(segment))) return null;
  const url = new URL(path.map(encodeURIComponent).join("/"), `${mesh}/`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

function readObject(text: string): Record<string, unknown> | null {
  try {
    const read = JSON.parse(text);
    return typeof read === "object" && !Array.isArray(read) ? read : null;
  } catch {
    return null;
  }
}

function refusalOf({ status, headers }: Response, body: unknown): string {
  const { success, data } = Refusal.safeParse(body);
  const code = headers.get("Perigee-Problem");
  const refusal = headers.get("Perigee-Refusal");
  const wait_s = headers.get("Retry-After");
  const detail = data?.detail ?? (typeof data?.error === "string" ? data.error : null);
  // Of one field alone the detail speaks already.
  const errors = data && data.errors.length > 1 ? data.errors : [];
  const says = [data?.title, detail].filter(Boolean).join(": ");
  return [
    success && says ? says : "The mesh refuses, and does not say why",
    ...errors.map(({ pointer, detail }) => `${pointer}: ${detail}`),
    `Status ${status}${code ? `, ${code}` : ""}${refusal ? `, refusal ${refusal}` : ""}`,
    ...(wait_s ? [`Worth asking again after ${wait_s} s`] : []),
  ].join("\n");
}
