/**
 * Builds the ONNX files and their costs from the graphs: `npx deno run -A models/build.ts`.
 * The same graphs give the same bytes; a test compares them with what is committed.
 * @module
 */

import { driveRss } from "./graph/drive-rss.ts";
import { onnx } from "./graph/onnx.ts";
import { sceneIndices } from "./graph/scene-indices.ts";
import { telemetryAnomaly } from "./graph/telemetry-anomaly.ts";

const HEADER = `/**
 * What each built-in model weighs and takes to run. Made by build.ts from the graphs: do not edit.
 * @module
 */

import type { CostTerm } from "./outline.ts";

export const COSTS: Readonly<Record<string, { file_bytes: number; operations: CostTerm[] }>> = {
`;

/** Paths relative to this folder, and what these files hold. */
export type Files = Map<string, Uint8Array<ArrayBuffer>>;

export function build(): Files {
  const files: Files = new Map();
  let costs = HEADER;
  for (const graph of [sceneIndices(), telemetryAnomaly(), driveRss()]) {
    const bytes = onnx(graph);
    const { name } = graph.outline;
    files.set(`onnx/${name}.onnx`, bytes);
    costs += `  "${name}": {\n    file_bytes: ${bytes.length},\n    operations: [\n`;
    for (const { count, of, log2 } of graph.costs()) {
      const dims = of.map((dim) => `"${dim}"`).join(", ");
      costs += `      { count: ${count}, of: [${dims}]${log2 ? `, log2: "${log2}"` : ""} },\n`;
    }
    costs += "    ],\n  },\n";
  }
  files.set("costs.ts", new TextEncoder().encode(costs + "};\n"));
  return files;
}

if (import.meta.main) {
  for (const [path, bytes] of build()) {
    await Deno.writeFile(new URL(path, import.meta.url), bytes);
    console.log(`${path}: ${bytes.length} bytes`);
  }
}
