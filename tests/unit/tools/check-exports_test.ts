import assert from "node:assert/strict";
import { lacksIn } from "../../../tools/check-exports.ts";

/** What the check says of one file of the ledger when all that it exports is taken by an object. */
function lacksOf(code: string, take = `import * as all from "../../ledger/x.ts";`): string[] {
  const tree = new Map([["ledger/x.ts", code], ["durable-objects/node/x.ts", take]]);
  return lacksIn(tree).map(({ path, line, says }) => `${path}:${line}: ${says}`);
}

const says = (line: number, what: string) => `ledger/x.ts:${line}: ${what}`;

Deno.test("an export that another room takes has a docstring; what stays in its room needs none", () => {
  const code = `export const A = 1;\nexport type B = "b";\nexport class C {}\nexport enum D {}
export interface E { e: string }\nexport function f() {}\nexport const g = () => {};`;
  assert.deepEqual(
    lacksOf(code),
    ["A", "B", "C", "D", "E", "f", "g"].map((name, l) => says(l + 1, `${name} has no docstring`)),
  );
  assert.deepEqual(lacksOf(code, `import { A } from "../../ledger/x.ts";`), [
    says(1, "A has no docstring"),
  ]);
  assert.deepEqual(lacksOf(code, `import { at } from "../../mesh/x.ts";`), []);
});

Deno.test("a taking counts by type, by another name, by passing on and by import(), but not by a test", () => {
  const code = `const a = 1;\nexport { a as A };\n/** Kept. */\nexport const B = 2;`;
  const takings = [
    `import type { A } from "../../ledger/x.ts";`,
    `import { type A as Other } from "../../ledger/x.ts";`,
    `export { A } from "../../ledger/x.ts";`,
    `export * from "../../ledger/x.ts";`,
    `const { A } = await import("../../ledger/x.ts");`,
    `type T = import("../../ledger/x.ts").A;`,
  ];
  for (const take of takings) {
    assert.deepEqual(lacksOf(code, take), [says(1, "A has no docstring")], take);
  }
  const passedOn = new Map([
    ["ledger/x.ts", code],
    ["ledger/all.ts", `export { A as Z } from "./x.ts";`],
    ["durable-objects/node/x.ts", `import { Z } from "../../ledger/all.ts";`],
  ]);
  assert.deepEqual(lacksIn(passedOn).map(({ path }) => path), ["ledger/x.ts"]);
  for (const room of ["tests/unit", "tools/a", "benches/a", "ledger/schema"]) {
    const tree = new Map([["ledger/x.ts", code], [
      `${room}/x.ts`,
      `import * as all from "../../ledger/x.ts";`,
    ]]);
    assert.deepEqual(lacksIn(tree), [], room);
  }
});

Deno.test("a docstring begins with a sentence, not with a tag or half a line", () => {
  for (const text of ["@param a which", "not a sentence.", "No end"]) {
    assert.deepEqual(lacksOf(`/** ${text} */\nexport const A = 1;`), [
      says(2, "A's docstring begins with no sentence"),
    ], text);
  }
  assert.deepEqual(lacksOf(`/** One: for all of it. @see b */\nexport const A = 1;`), []);
});

Deno.test("a parameter whose type says nothing has a @param with a text", () => {
  const bare = ["number", "string | null", "readonly boolean[]", "Float64Array", "Set<string>"];
  for (const type of bare) {
    const lack = [says(2, "f has no @param a")];
    assert.deepEqual(lacksOf(`/** Does. */\nexport function f(a: ${type}): void {}`), lack, type);
    assert.deepEqual(
      lacksOf(`/** Does. @param a */\nexport function f(a: ${type}): void {}`),
      lack,
    );
    assert.deepEqual(
      lacksOf(`/** Does. @param b of it */\nexport function f(a: ${type}): void {}`),
      lack,
    );
    assert.deepEqual(
      lacksOf(`/** Does. @param a of it */\nexport function f(a: ${type}): void {}`),
      [],
    );
  }
  const told = ["Km", `"a" | "b"`, "readonly Km[]", "{ at_ms: number }", "Map<string, Km>"];
  for (const type of told) {
    assert.deepEqual(lacksOf(`/** Does. */\nexport const f = (a: ${type}): void => {};`), [], type);
  }
  assert.deepEqual(lacksOf(`/** Does. */\nexport const f = (a = 4): void => {};`), [
    says(2, "f has no @param a"),
  ]);
  assert.deepEqual(lacksOf(`/** Does. */\nexport function f({ a }: { a: number }): void {}`), [
    says(2, "f.a is a number with no unit in its name and no docstring"),
  ]);
});

Deno.test("a result whose type says nothing, or that may be nothing, has @returns", () => {
  const owing = ["number", "Promise<string[]>", "Km | null", "Promise<Km | undefined>", "boolean"];
  for (const type of owing) {
    const code = `export declare function f(): ${type};`;
    assert.deepEqual(lacksOf(`/** Does. */\n${code}`), [says(2, "f has no @returns")], type);
    assert.deepEqual(lacksOf(`/** Does. @returns in order */\n${code}`), [], type);
  }
  for (const type of ["void", "Promise<void>", "Km", "Promise<Km>", "x is Km", "never"]) {
    assert.deepEqual(lacksOf(`/** Does. */\nexport declare function f(x: Km): ${type};`), [], type);
  }
  const inferred = [
    `() => 1`,
    `() => ({ a: 1 })`,
    `() => { if (b) return c; }`,
    `() => a as number`,
  ];
  for (const value of inferred) {
    assert.deepEqual(lacksOf(`/** Does. */\nexport const f = ${value};`), [
      says(2, "f has no @returns"),
    ], value);
  }
  for (const value of [`() => a as Km`, `() => new X()`, `() => { return; }`]) {
    assert.deepEqual(lacksOf(`/** Does. */\nexport const f = ${value};`), [], value);
  }
});

Deno.test("a function that throws by itself has @throws", () => {
  const code = `export function f(): void { if (a) throw new RangeError("a"); }`;
  assert.deepEqual(lacksOf(`/** Does. */\n${code}`), [says(2, "f throws and has no @throws")]);
  assert.deepEqual(lacksOf(`/** Does. @throws RangeError if a */\n${code}`), []);
  const inner = `export function f(): void { g(() => { throw new Error(); }); }`;
  assert.deepEqual(lacksOf(`/** Does. */\n${inner}`), []);
});

Deno.test("a class answers for its public methods, getters, fields and constructor, not for the rest", () => {
  assert.deepEqual(
    lacksOf(`/** Holds. */
export class C {
  size: number;
  #inner = 1;
  constructor(count: number) {}
  a(): void {}
  get b(): Km { return 1; }
  private c(): number { return 1; }
  #d(): number { return 1; }
  static e(): void {}
}`),
    [
      says(3, "C.size is a number with no unit in its name and no docstring"),
      says(5, "C.constructor has no @param count"),
      says(6, "C.a has no docstring"),
      says(7, "C.b has no docstring"),
      says(10, "C.e has no docstring"),
    ],
  );
});

Deno.test("a number of a type has a unit in its name or a docstring, however deep it stands", () => {
  assert.deepEqual(
    lacksOf(`/** Holds. */
export interface E {
  age: number;
  age_ms: number;
  latency_ms_max: number | null;
  tokens_per_s: number;
  span: Km;
  name: string;
  /** How many have come. */
  seen: number;
  path: { length: number; length_km: number };
  sizes: readonly number[];
}
/** One of two. */
export type T = { ok: true; energy_j: number } | { ok: false; need: number };`),
    ["3: E.age", "11: E.length", "12: E.sizes", "15: T.need"].map((at) =>
      `ledger/x.ts:${at} is a number with no unit in its name and no docstring`
    ),
  );
});

Deno.test("a schema's type is told by the schema", () => {
  const code = `export const Ask = z.object({});\nexport type Ask = z.infer<typeof Ask>;`;
  assert.deepEqual(lacksOf(code), [says(1, "Ask has no docstring")]);
  assert.deepEqual(lacksOf(`/** What is asked. */\n${code}`), []);
});
