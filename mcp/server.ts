/**
 * The MCP server: lists the tools, and calls one as a request to the mesh.
 * Not the SDK's McpServer: that makes JSON Schemas without the contract's descriptions, and of its
 * custom types none at all.
 * @module
 */
import { Server } from "@modelcontextprotocol/sdk/server";
// The package says where its types are for names without .js, and where its code is for names with.
// @ts-types="@modelcontextprotocol/sdk/types"
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from "@modelcontextprotocol/sdk/types.js";
import { VERSION } from "../contract/version.ts";
import { jsonSchemaOf } from "./json-schema.ts";
import { askMesh } from "./mesh-client.ts";
import type { McpSettings } from "./settings.ts";
import type { Tool } from "./tool.ts";
import { infer } from "./tools/infer.ts";
import { models } from "./tools/models.ts";
import { node } from "./tools/node.ts";
import { passes } from "./tools/passes.ts";
import { receipts } from "./tools/receipts.ts";
import { route } from "./tools/route.ts";
import { usage } from "./tools/usage.ts";

const TOOLS: readonly Tool[] = [route, infer, passes, node, models, usage, receipts];

const INSTRUCTIONS = "Perigee runs models on orbital nodes. Say where you ask from (origin): the " +
  "mesh runs each ask on the nearest node that has the power, the cool and the time for it. " +
  "Figures named modelled come from physics, those named measured from clocks.";

/** @returns a server that is not yet connected to a host */
export function mcpServer(settings: McpSettings): Server {
  const server = new Server(
    { name: "perigee", title: "Perigee", version: VERSION },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS.map(describe) }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal }) => {
    const tool = TOOLS.find(({ name }) => name === params.name);
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name}`);
    return call(tool, { args: params.arguments ?? {}, settings, signal });
  });
  return server;
}

function describe({ name, title, description, input, output, runs = false }: Tool) {
  return {
    name,
    title,
    description,
    inputSchema: jsonSchemaOf(input, "input"),
    outputSchema: jsonSchemaOf(output, "output"),
    annotations: {
      readOnlyHint: !runs,
      destructiveHint: false,
      idempotentHint: !runs,
      // What it answers changes with the sky.
      openWorldHint: true,
    },
  };
}

async function call(
  tool: Tool,
  { args, settings, signal }: { args: unknown; settings: McpSettings; signal: AbortSignal },
): Promise<CallToolResult> {
  const read = tool.read(args);
  if (!read.ok) return failed(["The arguments are not valid", ...read.faults].join("\n"));
  const answer = await askMesh(settings, read.request, signal);
  if (!answer.ok) return failed(answer.says);
  return { content: [{ type: "text", text: answer.text }], structuredContent: answer.body };
}

/** A failure that a language model reads, and may mend by asking otherwise. */
const failed = (text: string): CallToolResult => ({
  isError: true,
  content: [{ type: "text", text }],
});
