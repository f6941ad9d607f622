import assert from "node:assert/strict";
import { mask } from "../../../tools/layers/mask.ts";
import { packageOf } from "../../../tools/layers/rooms.ts";
import { readSource } from "../../../tools/layers/source-file.ts";
import { assertOffence, check, CLEAN } from "./layers-fixture.ts";

Deno.test("a clean tree passes, with a line that says so", async () => {
  const { code, lines, out } = await check(CLEAN);
  assert.deepEqual(lines, []);
  assert.equal(code, 0);
  assert.match(out, /^Layers hold: \d+ files/);
});

Deno.test("a room that imports a room above it is one offence, with file and line", async () => {
  await assertOffence(
    { "mesh/units.ts": `export const km = 1;\nexport type { Ask } from "../contract/ask.ts";` },
    /^mesh\/units\.ts:2: mesh\/\* may not import contract\/ask\.ts$/,
    /imports itself: contract\/ask\.ts -> mesh\/units\.ts -> contract\/ask\.ts$/,
  );
});

Deno.test("a package is for the rooms, or the one file, that the table names", async () => {
  await assertOffence(
    {
      "mesh/units.ts": `import "satellite.js"; import "npm:zod@4"; export const km = 1;`,
      "contract/ask.ts": CLEAN["contract/ask.ts"] +
        `\nimport "node:fs"; import "@libsql/client/web";`,
    },
    /mesh\/units\.ts:1: mesh\/\* may not import satellite\.js/,
    /mesh\/units\.ts:1: mesh\/\* may not import zod/,
    /contract\/ask\.ts:3: contract may not import node:fs/,
    /contract\/ask\.ts:3: contract may not import @libsql\/client/,
  );
});

Deno.test("only tests import tests, and no shipping room what is around it", async () => {
  await assertOffence(
    {
      "emulator/late.ts": `import "../tests/random.ts"; export const late = () => 1;`,
      "ledger/keys.ts": CLEAN["ledger/keys.ts"] + `import "../tools/report.ts";`,
      "tools/report.ts": `import "../emulator/late.ts";`,
    },
    /emulator\/late\.ts:1: emulator may not import tests\/random\.ts/,
    /ledger\/keys\.ts:1: ledger may not import tools\/report\.ts/,
  );
});

Deno.test("a file in no room at all is an offence", async () => {
  await assertOffence(
    { "extra/x.ts": `export const x = 1;` },
    /^extra\/x\.ts: is in no room/,
  );
});

Deno.test("a ring of files is told once, with the way round, though some of it be types", async () => {
  await assertOffence(
    {
      "mesh/units.ts": `import "./a.ts"; export const km = 1;`,
      "mesh/a.ts": `import "./b.ts";`,
      "mesh/b.ts": `export type { km } from "./units.ts";`,
    },
    /^mesh\/a\.ts: imports itself: mesh\/a\.ts -> mesh\/b\.ts -> mesh\/units\.ts -> mesh\/a\.ts$/,
  );
});

Deno.test("a file that nothing reaches is dead, and so is one that ships and only tests reach", async () => {
  await assertOffence(
    {
      "mesh/orphan.ts": `export const a = 1;`,
      "mesh/tested.ts": `export const b = 1;`,
      "tests/mesh/tested_test.ts": `import "../../mesh/tested.ts"; import "./naive.ts";`,
      "tests/mesh/naive.ts": `export const c = 1;`,
      "tests/mesh/forgotten.ts": `export const d = 1;`,
      "tools/report.ts": `import "./report/part.ts";`,
      "tools/report/part.ts": `export const e = 1;`,
      "tools/report/other.ts": `export const f = 1;`,
    },
    /^mesh\/orphan\.ts: is dead: no entry reaches it$/,
    /^mesh\/tested\.ts: is dead: only tests reach it$/,
    /^tests\/mesh\/forgotten\.ts: is dead: no entry reaches it$/,
    /^tools\/report\/other\.ts: is dead: no entry reaches it$/,
  );
});

Deno.test("mesh may not read time or chance, nor wait, in code; in comments and strings it may", async () => {
  await assertOffence(
    {
      "mesh/units.ts": `// async fetch
        export const km = () => Date.now();
        export const r = \`\${Math.random()} crypto\`;
        export async function f() { await fetch("x"); }
        export const id = crypto.randomUUID();
        export const prefetch = new Date(0), asynchronous = /await/;`,
    },
    /units\.ts:2: mesh is pure: no Date\.now/,
    /units\.ts:3: mesh is pure: no Math\.random/,
    /units\.ts:4: mesh is pure: no async/,
    /units\.ts:4: mesh is pure: no await/,
    /units\.ts:4: mesh is pure: no fetch/,
    /units\.ts:5: mesh is pure: no crypto/,
  );
});

Deno.test("a relative import names its file in full", async () => {
  await assertOffence(
    { "tests/mesh/units_test.ts": `import "../random.ts"; import "../random"; import "./x.js";` },
    /"\.\.\/random" must end in \.ts/,
    /"\.\/x\.js" must end in \.ts/,
  );
});

Deno.test("a line of more than 120 characters is an offence", async () => {
  await assertOffence(
    { "tests/random.ts": `\n// ${"x".repeat(117)}\n// ${"x".repeat(118)}\n` },
    /^tests\/random\.ts:3: has 121 characters/,
  );
});

Deno.test("a secret among the plain settings of wrangler.toml is an offence, in any environment", async () => {
  await assertOffence(
    {
      "wrangler.toml": `main = "functions/worker.ts"
[vars]
PERIGEE_CLOCK = "real" # never PERIGEE_DEV_KEY
PERIGEE_DEV_KEY = "x"
[env.staging.vars]
"PERIGEE_ADMIN_TOKEN" = "x"
[env.other]
vars = { PERIGEE_LEDGER_TOKEN = "x" }
[secrets]
required = ["PERIGEE_ADMIN_TOKEN"]
`,
    },
    /^wrangler\.toml:4: PERIGEE_DEV_KEY is a secret/,
    /^wrangler\.toml:6: PERIGEE_ADMIN_TOKEN is a secret/,
    /^wrangler\.toml:8: PERIGEE_LEDGER_TOKEN is a secret/,
  );
});

Deno.test("mask() keeps code and offsets, and blanks comments, strings, templates and regexes", () => {
  const cases: readonly [string, string][] = [
    [`a // b\nc`, `a     \nc`],
    [`a /* b\nc */ d`, `a     \n     d`],
    [`f("x", 'y"z')`, `f(" ", '   ')`],
    [`f("a\\"b") + c`, `f("    ") + c`],
    ["`a${b + `c${d}`}e` + f", "` ${b + ` ${d}`} ` + f"],
    ["`${{ a: 1 }}` + b", "`${{ a: 1 }}` + b"],
    [`a / b / c`, `a / b / c`],
    [`x = /["'\`/]/g; y`, `x = /      /g; y`],
    [`return /[/"]/.test(z)`, `return /    /.test(z)`],
    [`(a) / b; "c"`, `(a) / b; " "`],
    [`<p>don't</p>\ncode`, `<p>don't</p>\ncode`],
    [`"unclosed\ncode`, `"unclosed\ncode`],
  ];
  for (const [source, expected] of cases) {
    assert.equal(mask(source), expected, source);
  }
});

Deno.test("readSource() finds every form of import and nothing that only looks like one", () => {
  const { imports } = readSource(
    "a/b.ts",
    `import a from "./a.ts";
    import { b,
      type c } from '../c.ts';
    export * from "./d.ts"; export type { E } from "./e.ts"; import type F from "./f.ts";
    import "./g.ts"; const h = await import("./h.ts"); type I = import("./i.ts").I;
    new Worker(new URL("./j.ts", import.meta.url)); new URL("./k.ts", base);
    import type from "./l.ts"; const from = "./no.ts"; Array.from("./no.ts");
    // import "./no.ts"
    const text = 'import "./no.ts"'; import m from "pkg/m"; import(\`./\${n}.ts\`);`,
  );
  assert.deepEqual(
    imports.map(({ target, specifier, kind, line }) => `${line} ${kind} ${target ?? specifier}`),
    [
      "1 import a/a.ts",
      "3 import c.ts",
      "4 import a/d.ts",
      "4 type a/e.ts",
      "4 type a/f.ts",
      "5 import a/g.ts",
      "5 import a/h.ts",
      "5 import a/i.ts",
      "6 url a/j.ts",
      "7 import a/l.ts",
      "9 import pkg/m",
    ],
  );
});

Deno.test("packageOf() is the package's name without version and path", () => {
  const cases: readonly [string, string][] = [
    ["zod", "zod"],
    ["hono/http-exception", "hono"],
    ["@hono/zod-openapi", "@hono/zod-openapi"],
    ["@libsql/client/web", "@libsql/client"],
    ["npm:zod@4.6.7/v4", "zod"],
    ["npm:@libsql/client@0.18.0/web", "@libsql/client"],
    ["node:fs/promises", "node:fs/promises"],
    ["cloudflare:workers", "cloudflare:workers"],
  ];
  for (const [specifier, name] of cases) assert.equal(packageOf(specifier), name);
});
