/**
 * Keeps a board attached to its node: connects, connects again after every end that is none for good,
 * and follows the node from object to object.
 * @module
 */
import { CLOSE } from "../contract/board.ts";
import { connect, type Ended } from "./connection.ts";
import type { Runner } from "./runner.ts";
import type { Sensors } from "./sensors.ts";

// After a failure the wait doubles up to half a minute, so that a mesh that is back is not run over.
const AGAIN_MS = 250;
const AGAIN_MS_MAX = 30_000;
// A connection that has lived this long was none of a row of failures.
const LASTING_MS = 60_000;

/** Ends that no new connection would mend. */
const FINAL: Readonly<Record<number, string>> = {
  [CLOSE.replaced]: "another board has attached to this node",
  [CLOSE.revoked]: "the key was revoked or has expired",
  [CLOSE.protocol]: "the board and the mesh do not understand each other",
};

/** What a board needs to be attached. */
export interface BoardOptions {
  /** The mesh, http: or https:, without a path. */
  mesh: string;
  /** The node's id. */
  node: string;
  key: string;
  runner: Runner;
  sensors: Sensors;
  say(text: string): void;
}

/**
 * Keeps the board attached until `signal` ends it.
 * @throws Error if the mesh refuses the board for good, with its reason
 */
export async function keepAttached(options: BoardOptions, signal: AbortSignal): Promise<void> {
  const { mesh, node, say } = options;
  const url = boardUrl(mesh, node).replace(/^http/, "ws");
  let again_ms = AGAIN_MS;
  while (!signal.aborted) {
    const began = performance.now();
    const moved = Promise.withResolvers<"moved">();
    const ended = connect({
      ...options,
      url,
      attached: () => say(`Attached to ${node}`),
      moved: () => moved.resolve("moved"),
    }, signal);
    // A connection whose node has moved on finishes its runs while the next one is made.
    const end = await Promise.race([ended, moved.promise]);
    if (end === "moved" || end.code === CLOSE.moved) {
      say(`${node} has crossed into another region`);
      again_ms = AGAIN_MS;
      continue;
    }
    if (signal.aborted) return;
    if (performance.now() - began > LASTING_MS) again_ms = AGAIN_MS;
    const why = await whyRefused(options, end);
    if (why.final) throw new Error(why.reason);
    say(`Not attached: ${why.reason}; again in ${(again_ms / 1e3).toFixed(1)} s`);
    await pause(again_ms * (0.5 + Math.random() / 2), signal);
    again_ms = Math.min(2 * again_ms, AGAIN_MS_MAX);
  }
}

/** The address of a node's board. */
export const boardUrl = (mesh: string, node: string): string =>
  `${mesh}/v1/nodes/${encodeURIComponent(node)}/board`;

/** Gets an uploaded model's file from the mesh: of jobs that this board was sent, and of no others. */
export async function fetchModel(
  { mesh, node, key }: Pick<BoardOptions, "mesh" | "node" | "key">,
  sha256: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(`${boardUrl(mesh, node)}/models/${sha256}`, {
    headers: { Authorization: `Bearer ${key}` },
    redirect: "error",
    signal,
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Error(`The mesh answers ${response.status}`);
  }
  return response.body;
}

/** Why there is no connection. The handshake tells a status at best, so the route is asked in plain HTTP. */
async function whyRefused(
  { mesh, node, key }: BoardOptions,
  { code, reason }: Ended,
): Promise<{ final: boolean; reason: string }> {
  if (FINAL[code]) return { final: true, reason: `${FINAL[code]}${reason && `: ${reason}`}` };
  if (code !== 1_006) return { final: false, reason: reason || `the mesh closed it (${code})` };
  try {
    const response = await fetch(boardUrl(mesh, node), {
      headers: { Authorization: `Bearer ${key}` },
      redirect: "error",
    });
    const { detail = "" } = await response.json();
    // 400 is what a good key gets without an upgrade.
    const final = [401, 403, 404].includes(response.status);
    return { final, reason: final ? `${detail}` : reason || "the connection was lost" };
  } catch (error) {
    return { final: false, reason: `${mesh} does not answer: ${(error as Error).message}` };
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
