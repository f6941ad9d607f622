/**
 * `deno task mcp`: a mesh as tools of a language model, until its host closes stdin.
 * Writes nothing but the protocol on stdout.
 * @module
 */
// @ts-types="@modelcontextprotocol/sdk/server/stdio"
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { mcpServer } from "./server.ts";
import { HELP, readMcpSettings } from "./settings.ts";

if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
  console.log(HELP);
  Deno.exit(0);
}

try {
  const settings = readMcpSettings(Deno.args, Deno.env.get);
  await mcpServer(settings).connect(new StdioServerTransport());
} catch (error) {
  console.error(`The MCP server did not start: ${(error as Error).message}`);
  if (error instanceof RangeError) console.error(`\n${HELP}`);
  Deno.exit(error instanceof RangeError ? 2 : 1);
}
