/**
 * What `deno task mcp` can be told, checked before it speaks to anybody.
 * @module
 */
import { parseArgs } from "node:util";
import { ADMIN_KEY_PREFIX, BOARD_KEY_PREFIX, isMistyped } from "../contract/api-key.ts";
import { readMeshUrl } from "../contract/mesh-url.ts";

export interface McpSettings {
  /** The mesh, without a path. */
  mesh: string;
  /** A tenant's key. */
  key: string;
}

export const HELP = `Offer a Perigee mesh to a language model, as an MCP server on stdin and stdout.

Usage: PERIGEE_KEY=<key> npx deno task mcp [--mesh <url>]

  --mesh <url>   where the mesh is: https://, or http:// on this machine
                 (default: http://localhost:8787, where npx deno task dev serves)

Environment:
  PERIGEE_KEY    a tenant's key, with the scopes infer and read. Not an argument: every user of a
                 machine can read those

An MCP host starts it and ends it; how to tell one: docs/how-to/clients.md.`;

/**
 * Reads the arguments.
 * @param env reads a variable of the environment
 * @throws RangeError that says what is wrong, without the key
 */
export function readMcpSettings(
  args: readonly string[],
  env: (name: string) => string | undefined,
): McpSettings {
  return {
    mesh: readMeshUrl("--mesh", meshIn(args) ?? "http://localhost:8787"),
    key: keyOf(env("PERIGEE_KEY")?.trim()),
  };
}

function meshIn(args: readonly string[]): string | undefined {
  try {
    const { values } = parseArgs({ args: [...args], options: { mesh: { type: "string" } } });
    return values.mesh;
  } catch {
    // What was typed is not repeated: hosts log it, and it may be the key.
    throw new RangeError("Only --mesh <url> is taken as an argument");
  }
}

function keyOf(key: string | undefined): string {
  if (!key) throw new RangeError("Give a tenant's key in PERIGEE_KEY");
  if (!/^[\x21-\x7e]+$/.test(key) || isMistyped(key)) {
    throw new RangeError("PERIGEE_KEY is mistyped");
  }
  if (key.startsWith(ADMIN_KEY_PREFIX) || key.startsWith(BOARD_KEY_PREFIX)) {
    throw new RangeError(
      "PERIGEE_KEY must be a tenant's key: an admin's or a board's runs nothing",
    );
  }
  return key;
}
