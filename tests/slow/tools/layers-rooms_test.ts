import assert from "node:assert/strict";
import { assertOffence, check, CLEAN, type Files } from "./layers-fixture.ts";

Deno.test("sibling functions may not import each other, nor anybody the composition root", async () => {
  await assertOffence(
    {
      "functions/infer/think.ts": CLEAN["functions/infer/think.ts"] +
        `\nimport "../route/route.ts";\nawait import("../worker.ts");`,
    },
    /^functions\/infer\/think\.ts:4: functions\/infer may not import functions\/route\/route\.ts$/,
    /^functions\/infer\/think\.ts:5: functions\/infer may not import functions\/worker\.ts$/,
    /imports itself: functions\/infer\/think\.ts -> functions\/worker\.ts -> functions\/infer/,
  );
});

Deno.test("inside functions/ and mesh/ no room imports a room above it, nor one beside it", async () => {
  const planted: readonly [path: string, target: string][] = [
    ["functions/context.ts", "params/origin.ts"],
    ["functions/params/origin.ts", "backends/ledger.ts"],
    ["functions/backends/ledger.ts", "middleware/problem.ts"],
    ["functions/middleware/problem.ts", "sky/sky.ts"],
    ["functions/sky/sky.ts", "route/route.ts"],
    ["functions/sky/sky.ts", "idempotency/idempotency.ts"],
    ["functions/billing/wallets.ts", "middleware/auth.ts"],
    ["mesh/units.ts", "orbit/propagation.ts"],
    ["mesh/orbit/propagation.ts", "clock.ts"],
    ["mesh/node/state.ts", "placement/place.ts"],
  ];
  for (const [path, target] of planted) {
    const [folder, inside] = path.split(/\/(.*)/);
    const up = inside.includes("/") ? "../" : "./";
    const others = Object.fromEntries(
      [path, `${folder}/${target}`].map((file) => [file, CLEAN[file] ?? "export const x = 1;"]),
    );
    const { code, lines } = await check({
      ...CLEAN,
      ...others,
      [path]: `${others[path]}\nimport type { x } from "${up}${target}";`,
    });
    assert.equal(code, 1);
    const offence = ` may not import ${folder}/${target}`;
    assert.equal(lines.filter((line) => line.endsWith(offence)).length, 1, lines.join("\n"));
  }
});

Deno.test("an object's room knows what is shared and the names, and no class but its own", async () => {
  const rooms = ["almanac", "collector", "idempotency", "ledger-cache", "registrar", "tenant"];
  const main = CLEAN["functions/worker.ts"] +
    rooms.map((room) => `import "../durable-objects/${room}/x.ts";`).join("\n");
  const clean = `import "../names.ts"; import "../shared/sql.ts";`;
  const files = Object.fromEntries(
    rooms.map((room) => [`durable-objects/${room}/x.ts`, clean] as const),
  );
  await assertOffence(
    {
      ...files,
      "functions/worker.ts": main + `import "../durable-objects/custody/x.ts";`,
      "durable-objects/names.ts": CLEAN["durable-objects/names.ts"] +
        `\nimport type { Node } from "./node/node.ts";`,
      "durable-objects/shared/sql.ts":
        `import type { name } from "../names.ts"; export const sql = 1;`,
      "durable-objects/custody/x.ts": `import "../registrar/register.ts";
        import "../node/node.ts";`,
      "durable-objects/tenant/x.ts": `${clean}\nimport type { C } from "../collector/x.ts";`,
      "durable-objects/almanac/x.ts": `${clean}\nimport "../node/node.ts";`,
      "durable-objects/ledger-cache/x.ts": `${clean}\nimport "../idempotency/x.ts";`,
    },
    /names\.ts:2: durable-objects\/names\.ts may not import durable-objects\/node\/node\.ts$/,
    /sql\.ts:1: durable-objects\/shared may not import durable-objects\/names\.ts$/,
    /x\.ts:2: durable-objects\/custody may not import durable-objects\/node\/node\.ts$/,
    /x\.ts:2: durable-objects\/tenant may not import durable-objects\/collector\/x\.ts$/,
    /x\.ts:2: durable-objects\/almanac may not import durable-objects\/node\/node\.ts$/,
    /x\.ts:2: durable-objects\/ledger-cache may not import durable-objects\/idempotency\/x\.ts$/,
    /imports itself: durable-objects\/names\.ts -> durable-objects\/node\/node\.ts ->/,
    /imports itself: durable-objects\/registrar\/register\.ts -> durable-objects\/shared\/sql\.ts ->/,
  );
});

Deno.test("at most a dozen files lie loose beside the rooms of functions/", async () => {
  const loose = (count: number): Files => {
    const names = Array.from({ length: count }, (_, n) => `loose-${n}.ts`);
    return {
      ...Object.fromEntries(names.map((name) => [`functions/${name}`, "export const x = 1;"])),
      "functions/worker.ts": CLEAN["functions/worker.ts"] +
        names.map((name) => `import "./${name}";`).join("\n"),
    };
  };
  // context.ts and worker.ts lie there already.
  assert.deepEqual((await check({ ...CLEAN, ...loose(10) })).lines, []);
  await assertOffence(loose(11), /^functions: has 13 files beside its rooms, at most 12/);
});

Deno.test("a file beside the rooms of durable-objects/, or in a room that nobody named, is in no room", async () => {
  await assertOffence(
    {
      "functions/worker.ts": CLEAN["functions/worker.ts"] +
        `import "../durable-objects/loose.ts"; import "./helpers/x.ts";`,
      "durable-objects/loose.ts": `export const x = 1;`,
      "functions/helpers/x.ts": `export const x = 1;`,
    },
    /^durable-objects\/loose\.ts: is in no room/,
    /^functions\/helpers\/x\.ts: is in no room/,
    // Nobody may import what is in no room.
    /functions\/worker\.ts may not import durable-objects\/loose\.ts/,
    /functions\/worker\.ts may not import functions\/helpers\/x\.ts/,
  );
});
