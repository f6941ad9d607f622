import assert from "node:assert/strict";
import { check, CLEAN } from "./layers-fixture.ts";

const SAYS_CONTEXT = "takes Hono's Context: only middleware and handlers of routes do";

Deno.test("Hono's Context below middleware and handlers is an offence, under any name", async () => {
  const planted: readonly [path: string, code: string][] = [
    ["sky/sky.ts", `import type { Ctx } from "../context.ts"; export function f(c: Ctx) {}`],
    ["sky/sky.ts", `import type { Context } from "hono"; export const f = (c: Context) => c;`],
    ["sky/sky.ts", `import type { Context as C } from "hono"; export const f = (c: C<E>) => c;`],
    ["sky/sky.ts", `import type * as hono from "hono"; export const f = (c: hono.Context) => c;`],
    [
      "params/origin.ts",
      `import { type Ctx as Request } from "../context.ts";
      type Alias = Readonly<Request>; export const f = ({ c }: { c: Alias }) => c;`,
    ],
    [
      "backends/ledger.ts",
      `import type { Ctx } from "../context.ts";
      export interface Ask { at: number; c: Ctx }`,
    ],
    [
      "backends/ledger.ts",
      `import type { Ctx } from "../context.ts";
      export class Ask { #c: Ctx | undefined; }`,
    ],
    ["infer/think.ts", `import type { Ctx } from "../context.ts"; export const f = (c: Ctx) => c;`],
    [
      "idempotency/x.ts",
      `import type { Ctx } from "../context.ts"; export const f = (c: Ctx) => c;`,
    ],
  ];
  for (const [path, code] of planted) {
    const kept = CLEAN[`functions/${path}`] ?? "";
    const { code: exit, lines } = await check({
      ...CLEAN,
      [`functions/${path}`]: `${kept}\n${code}`,
      "functions/worker.ts": `${CLEAN["functions/worker.ts"]}\nimport "./${path}";`,
    });
    assert.equal(exit, 1, code);
    assert.equal(lines.length, 1, `${code}\n${lines.join("\n")}`);
    assert.ok(
      lines[0].startsWith(`functions/${path}:`) && lines[0].endsWith(SAYS_CONTEXT),
      lines[0],
    );
  }
});

Deno.test("middleware, a route's handler and the app may take Hono's Context", async () => {
  const takes = `import type { Ctx } from "../context.ts"; export const f = (c: Ctx) => c;`;
  const { lines } = await check({
    ...CLEAN,
    "functions/app.ts": takes.replace("../", "./"),
    "functions/middleware/auth.ts": takes,
    "functions/idempotency/idempotency.ts": takes,
    "functions/meter/keys.ts": `${takes} export const serve = (app: App) => app.get("/", f);`,
    "functions/worker.ts": CLEAN["functions/worker.ts"] + `import "./app.ts";
      import "./middleware/auth.ts"; import "./idempotency/idempotency.ts"; import "./meter/keys.ts";`,
  });
  assert.deepEqual(lines, []);
});
