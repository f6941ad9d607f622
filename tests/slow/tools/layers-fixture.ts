/**
 * A little checkout for tests of tools/check-layers.ts, and the tool run over it.
 * @module
 */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../../tools/check-layers.ts", import.meta.url));

export type Files = Record<string, string>;

/** A little tree that keeps every rule. */
export const CLEAN: Files = {
  "deno.json":
    `{ "tasks": { "dev": "deno run -A emulator/main.ts", "x": { "command": "deno run extra/x.ts" } } }`,
  "wrangler.toml": `main = "functions/worker.ts"\n[vars]\nPERIGEE_CLOCK = "real"\n`,
  ".gitignore": "ignored/\n",
  "ignored/any.ts": `import "./nowhere";`,
  "worker-configuration.d.ts": `// ${"x".repeat(500)}`,
  "mesh/units.ts": `// Date.now() and "./nowhere" in a comment are no offence
    export const km = (n: number) => n; export const says = "fetch(Date.now())";`,
  "mesh/orbit/propagation.ts": `import { sgp4 } from "satellite.js";
    import { km } from "../units.ts"; export const at = () => km(sgp4());`,
  "contract/ask.ts": `import { z } from "zod"; import { km } from "../mesh/units.ts";
    export const Ask = z.object({ range: km });`,
  "models/catalogue.ts": `import { Ask } from "../contract/ask.ts"; export const models = [Ask];`,
  "ledger/keys.ts": `import { eq } from "drizzle-orm/sqlite-core"; export const keys = eq;`,
  "inference/onnx.ts":
    `import "onnxruntime-web/wasm"; import "../models/onnx/a.onnx" with { type: "bytes" };
    import { models } from "../models/catalogue.ts"; export const onnx = models;`,
  "durable-objects/names.ts":
    `import { km } from "../mesh/units.ts"; export const name = (env: Env) => [env, km];`,
  "durable-objects/shared/sql.ts": `export const sql = 1;`,
  "durable-objects/registrar/register.ts":
    `import { sql } from "../shared/sql.ts"; export const register = sql;`,
  "durable-objects/node/node.ts": `import { DurableObject } from "cloudflare:workers";
    import { onnx } from "../../inference/onnx.ts"; import { name } from "../names.ts";
    import { at } from "../../mesh/orbit/propagation.ts";
    import { register } from "../registrar/register.ts";
    export class Node extends DurableObject { a = [onnx, name, at, register]; }`,
  "functions/context.ts": `import type { Context } from "hono"; type Any = Context<object>;
    export type { Any as Ctx };`,
  "functions/params/origin.ts": `export const origin = 1;`,
  "functions/backends/ledger.ts":
    `import { keys } from "../../ledger/keys.ts"; export const ledger = keys;`,
  "functions/middleware/problem.ts": `import type { Ctx } from "../context.ts";
    import { origin } from "../params/origin.ts"; import { ledger } from "../backends/ledger.ts";
    export const problem = (c: Ctx) => [c, origin, ledger];`,
  "functions/sky/sky.ts":
    `import { problem } from "../middleware/problem.ts"; export const sky = problem;`,
  "functions/route/route.ts": `import { sky } from "../sky/sky.ts";
    import type { Ctx } from "../context.ts";
    export const route = (app: App) => app.openapi(sky, (c: Ctx) => c);`,
  "functions/infer/think.ts": `import { problem } from "../middleware/problem.ts";
    import { Node } from "../../durable-objects/node/node.ts";
    export const think = [problem, Node];`,
  "functions/worker.ts": `import { Hono } from "hono"; export { think } from "./infer/think.ts";
    export { route } from "./route/route.ts"; export default new Hono();`,
  "emulator/main.ts":
    `import worker from "../functions/worker.ts"; new URL("./child.ts", import.meta.url);
    const { late } = await import("./late.ts"); console.log(worker, late);`,
  "emulator/child.ts": `import { late } from "./late.ts"; late();`,
  "emulator/late.ts": `export const late = () => 1;`,
  "tests/mesh/units_test.ts":
    `import { km } from "../../mesh/units.ts"; import "../random.ts"; km(1);`,
  "tests/random.ts": `export const seeded = 1;`,
};

/** Runs the tool as the task does, over a git checkout of these files. */
export async function check(files: Files): Promise<{ code: number; lines: string[]; out: string }> {
  const root = await Deno.makeTempDir({ prefix: "perigee-layers-" });
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(`${root}/${path}`), { recursive: true });
      await Deno.writeTextFile(`${root}/${path}`, text);
    }
    await new Deno.Command("git", { args: ["init", "-q"], cwd: root }).output();
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", SCRIPT, root],
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, lines: err.split("\n").filter((line) => line !== ""), out };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

export async function assertOffence(changed: Files, ...expected: RegExp[]): Promise<void> {
  const { code, lines } = await check({ ...CLEAN, ...changed });
  assert.equal(code, 1, "must exit with 1");
  assert.equal(lines.length, expected.length, lines.join("\n"));
  for (const one of expected) assert.ok(lines.some((line) => one.test(line)), lines.join("\n"));
}
