import assert from "node:assert/strict";
import { engineSecrets, parseEngines } from "../../../contract/engines.ts";

const MODEL = {
  kind: "openai",
  base_url: "https://engine.example/v1",
  model: "m",
  operations_per_token: 1e9,
  memory_bytes: 1e9,
};
const parse = (model: object, hosts = ["engine.example"]) =>
  parseEngines(JSON.stringify({ hosts, models: { small: { ...MODEL, ...model } } }));

Deno.test("parseEngines() of nothing is no models, and of little fills in the rest", () => {
  assert.equal(parseEngines("").size, 0);
  const engine = parse({}).get("small")!;
  assert.equal(engine.name, "small");
  assert.deepEqual(engine.apis, ["chat"]);
  assert.equal(engine.per_mega_completion_token, 1_000_000);
  assert.equal(engine.file_bytes, 0);
});

Deno.test("engineSecrets() names each key once", () => {
  const models = {
    a: { ...MODEL, key_secret: "ENGINE_KEY_A" },
    b: { ...MODEL, key_secret: "ENGINE_KEY_A" },
    c: MODEL,
    d: { ...MODEL, kind: "workers-ai", base_url: undefined },
  };
  const engines = parseEngines(JSON.stringify({ hosts: ["engine.example"], models }));
  assert.deepEqual(engineSecrets(engines), ["ENGINE_KEY_A"]);
});

const WRONG: [string, object, string[] | undefined, RegExp][] = [
  ["a host that is not listed", {}, ["other.example"], /base_url.*engine\.example is not among/],
  [
    "a port that is not listed",
    { base_url: "https://engine.example:8/v1" },
    undefined,
    /:8 is not/,
  ],
  [
    "http to another machine",
    { base_url: "http://engine.example/v1" },
    undefined,
    /must be https/,
  ],
  ["a user in the address", { base_url: "https://u:p@engine.example/v1" }, undefined, /no user/],
  ["another protocol", { base_url: "file:///etc/passwd" }, undefined, /base_url/],
  [
    "another secret of the deployment",
    { key_secret: "PERIGEE_LEDGER_TOKEN" },
    undefined,
    /key_secret.*ENGINE_KEY_/,
  ],
  ["a field that there is not", { operations: 1 }, undefined, /operations/],
  ["no operations", { operations_per_token: 0 }, undefined, /operations_per_token/],
  ["another kind", { kind: "magic" }, undefined, /kind/],
  ["a price of a fraction", { per_mega_prompt_token: 0.5 }, undefined, /per_mega_prompt_token/],
];

for (const [what, model, hosts, says] of WRONG) {
  Deno.test(`parseEngines() refuses ${what}, by its name`, () => {
    assert.throws(() => parse(model, hosts), (error: Error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, says);
      return true;
    });
  });
}

Deno.test("parseEngines() takes http to this machine, where its host and port are listed", () => {
  for (const host of ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"]) {
    assert.equal(parse({ base_url: `http://${host}/v1` }, [host]).size, 1);
  }
  assert.throws(() => parse({ base_url: "http://127.0.0.1:8080/v1" }, []), RangeError);
});

Deno.test("parseEngines() refuses what is no JSON, or a name that no path takes", () => {
  assert.throws(() => parseEngines("{"), /must be a JSON object/);
  const text = JSON.stringify({ hosts: ["engine.example"], models: { "A/b": MODEL } });
  assert.throws(() => parseEngines(text), RangeError);
});
