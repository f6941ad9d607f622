/**
 * The MCP server as a host starts it, by the SDK's own client: that checks every structured answer by the
 * schema which the server told it.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client";
// @ts-types="@modelcontextprotocol/sdk/client/stdio"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { type Json, type Mesh, meshTest, within } from "../support/mesh.ts";

const test = meshTest();

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const STATE = { name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] };
const origin = { lat: 48.8566, lon: 2.3522 };

/** What a tool says: its structured answer, or its error as text. */
type Call = (name: string, args?: Json) => Promise<{ error: string | null; answer: Json }>;

async function withHost(mesh: Mesh, key: string, run: (call: Call) => Promise<void>) {
  const transport = new StdioClientTransport({
    command: Deno.execPath(),
    args: ["task", "mcp", "--mesh", mesh.url],
    cwd: ROOT,
    env: { ...Deno.env.toObject(), PERIGEE_KEY: key },
    stderr: "ignore",
  });
  const host = new Client({ name: "test", version: "0" });
  // A line on stdout that is none of the protocol's ends up here.
  const stray: Error[] = [];
  host.onerror = (error) => stray.push(error);
  await host.connect(transport);
  try {
    // From here on it checks answers by the tools' schemas.
    await host.listTools();
    await run(async (name, args = {}) => {
      const { isError, content, structuredContent } = await host.callTool({
        name,
        arguments: args,
      });
      const [{ text }] = content as { text: string }[];
      if (!isError) assert.deepEqual(JSON.parse(text), structuredContent);
      return { error: isError ? text : null, answer: structuredContent };
    });
  } finally {
    await host.close();
  }
  assert.deepEqual(stray, []);
}

test("A host places, asks, looks ahead and reads its account", async (mesh) => {
  await withHost(mesh, mesh.emulator.secrets.dev_key, async (call) => {
    const { answer: list } = await call("list_models");
    assert.ok(list.data.some(({ id }: Json) => id === "drive-rss"));
    const { answer: route } = await call("route", { model: "drive-rss", origin });
    const { answer: node } = await call("get_node", { id: route.placement.node });
    assert.equal(node.id, route.placement.node);
    const { answer: passes } = await call("list_passes", { ...origin, minutes: 1, all: true });
    assert.ok(passes.serving.length > 0 && passes.passes.length > 0);

    const ask = { model: "drive-rss", origin, inputs: [STATE], idempotency_key: "from-a-host" };
    const { answer: inference } = await call("infer", ask);
    assert.deepEqual(inference.outputs.map(({ name }: Json) => name), [
      "safe_distance_m",
      "brake_mps2",
    ]);
    const id = inference.parameters.execution_id;
    const { answer: again } = await call("infer", ask);
    assert.equal(again.parameters.execution_id, id);
    const receipts = await within(20_000, "its receipt", async () => {
      const { answer } = await call("list_receipts");
      return answer.data.length > 0 ? answer.data : null;
    });
    assert.deepEqual(receipts.map(({ id }: Json) => id), [id]);
    const { answer: usage } = await call("get_usage", { group_by: "model" });
    assert.deepEqual(usage.groups.map(({ group, executions }: Json) => [group, executions]), [
      ["drive-rss", 1],
    ]);
  });
});

test("What the mesh refuses is an error of the tool, in the mesh's words", async (mesh) => {
  const key = await mesh.tenant("reader", { scopes: ["read"] });
  await withHost(mesh, key, async (call) => {
    const { error: noNode } = await call("get_node", { id: "G2A-999-999" });
    assert.match(noNode ?? "", /has no node "G2A-999-999"\nStatus 404, node_not_found$/);
    const { error: scope } = await call("infer", { model: "drive-rss", origin, inputs: [STATE] });
    assert.match(scope ?? "", /Status 403, forbidden$/);
  });
});
