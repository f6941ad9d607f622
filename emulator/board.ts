/**
 * `deno task dev --hardware`: this machine as the board of one node of the mesh that runs on it.
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Emulator } from "./start.ts";

const PROGRAM = fileURLToPath(new URL("../hardware/main.ts", import.meta.url));
// A key is made at each start; those of starts before need not open for ever.
const KEY_MS = 30 * 86_400_000;

/**
 * Attaches a board, as a process of its own. It says on the same terminal what becomes of it.
 * @param node an id; null: the first node of the catalogue
 * @returns the node, and what ends the board
 * @throws Error if the mesh has no such node
 */
export async function startBoard(
  { url, secrets: { admin_token } }: Pick<Emulator, "url" | "secrets">,
  node: string | null,
): Promise<{ node: string; end: () => Promise<void> }> {
  const ask = async (path: string, body?: object) => {
    const response = await fetch(`${url}${path}`, {
      method: body ? "POST" : "GET",
      headers: { Authorization: `Bearer ${admin_token}`, "Content-Type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail);
    return answer;
  };
  const id: string = node ?? (await ask("/v1/nodes?limit=1")).data[0].id;
  const expires_at = new Date(Date.now() + KEY_MS).toISOString();
  const path = `/v1/nodes/${encodeURIComponent(id)}/boards`;
  const { key } = await ask(path, { name: "deno task dev", expires_at });
  const board = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", PROGRAM, "--mesh", url, "--node", id],
    // Not among the arguments, which every user of the machine can read.
    env: { PERIGEE_BOARD_KEY: key },
    stdin: "null",
  }).spawn();
  return {
    node: id,
    async end() {
      try {
        board.kill("SIGTERM");
      } catch {
        // It has ended by itself.
      }
      await board.status;
    },
  };
}
