/**
 * Every file of examples/, run by the command that its first comment tells, against one mesh, which has
 * one language model by an engine of this test's own. A file that nothing here runs fails.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Mesh, meshTest } from "../support/mesh.ts";
import { enginesSetting, startEngineServer } from "../support/openai-server.ts";

const MODEL = "of-this-test";
const engine = startEngineServer();
Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());

const test = meshTest({
  PERIGEE_ENGINES: enginesSetting(engine, { [MODEL]: { apis: ["chat", "embeddings"] } }),
});

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What each prints: these, in this order. */
const PRINTS: Record<string, RegExp[]> = {
  "curl.sh": [
    /^\{.*"placement":\{"node":"[^"]+".*\}$/m,
    /^\{"model_name":"drive-rss".*"execution_id":"[^"]+".*\}$/m,
    /^idempotency-replayed: true\r?\n\{"model_name":"drive-rss"/im,
    /^\{.*"serving":\[\{"node":.*\}$/m,
    /^\{.*"total":\{"executions":\d+,.*\}$/m,
  ],
  "triton-binary.ts": [
    /^1572864 bytes of tensors up, 327680 down, from \S+$/m,
    /^NDVI: water -0\.500, forest 0\.875$/m,
    /^32768 pixels of water, 32768 of vegetation$/m,
  ],
  // The engine answers with the words of the question, of which there are six.
  "openai.ts": [
    /^models: .*\bof-this-test\b/m,
    /^chat: Name the largest moon of Saturn $/m,
    /^12 tokens, from \S*\d$/m,
    /^stream of \d+ chunks: Name the largest moon of Saturn $/m,
    /^response: Name the largest moon of Saturn $/m,
    /^embeddings of 8 numbers, cosine 0\.868$/m,
  ],
  "ai-sdk.ts": [
    /^text: Name the largest moon of Saturn $/m,
    /^12 tokens, from \S*\d$/m,
    /^stream of 6 parts: Name the largest moon of Saturn $/m,
    /^12 tokens$/m,
  ],
  "langchain.ts": [
    /^message: Name the largest moon of Saturn $/m,
    /^12 tokens$/m,
    /^stream of \d+ chunks: Name the largest moon of Saturn $/m,
    /^12 tokens$/m,
  ],
};

/** Those that ask a language model. */
const LANGUAGE = ["openai.ts", "ai-sdk.ts", "langchain.ts"];

/** Those that need more than one command, or a browser, and where they run. */
const ELSEWHERE: Record<string, string> = {
  "browser.html": "tests/slow/browser_test.ts",
  "hc.ts": "tests/http/shared/typed-clients.ts",
  "openapi-fetch.ts": "tests/http/shared/typed-clients.ts",
};

test("There is a run of every example, and nothing else", async () => {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(`${ROOT}examples`)) files.push(name);
  assert.deepEqual(files.sort(), [...Object.keys(PRINTS), ...Object.keys(ELSEWHERE)].sort());
  for (const [name, where] of Object.entries(ELSEWHERE)) {
    const test = await Deno.readTextFile(`${ROOT}${where}`);
    assert.ok(test.includes(`examples/${name}`), `${where} does not run ${name}`);
  }
});

for (const [name, prints] of Object.entries(PRINTS)) {
  test(`examples/${name} runs as its first comment says, and prints what it is for`, async (mesh) => {
    const { code, stdout, stderr } = await run(name, mesh, { PERIGEE_MODEL: MODEL });
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    let rest = stdout;
    for (const expected of prints) {
      const found = expected.exec(rest);
      assert.ok(found, `Not printed: ${expected}\n${stdout}`);
      rest = rest.slice(found.index + found[0].length);
    }
  });

  test(`examples/${name} fails where the mesh refuses the key`, async (mesh) => {
    const { code, stderr } = await run(name, mesh, {
      PERIGEE_KEY: "a-key-that-was-never-made-by-anyone",
    });
    assert.notEqual(code, 0);
    assert.ok(!stderr.includes("a-key-that-was"), "the key is told");
  });
}

for (const name of LANGUAGE) {
  test(`examples/${name} says what to configure where the mesh has no such language model`, async (mesh) => {
    const asked = engine.asked.length;
    // The model is the one that it takes if it is told none.
    const { code, stderr } = await run(name, mesh);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /No engine is configured for a model "llama-3\.1-8b-instruct"/);
    assert.match(stderr, /PERIGEE_ENGINES.*docs\/how-to\/language-models\.md/);
    assert.equal(engine.asked.length, asked);
  });
}

async function run(name: string, mesh: Mesh, env: Record<string, string> = {}) {
  const text = await Deno.readTextFile(`${ROOT}examples/${name}`);
  const [comment] = /^(?:#.*\n)+|^\/\*\*[\s\S]*?\*\//.exec(text) ?? [""];
  const [, command] = /^(?:#| \*) {3}(\S.*)$/m.exec(comment) ?? [];
  assert.ok(command?.includes(`examples/${name}`), "the comment tells how to run it");
  const variables = [
    "PERIGEE_URL",
    "PERIGEE_KEY",
    ...(LANGUAGE.includes(name) ? ["PERIGEE_MODEL"] : []),
  ];
  for (const variable of variables) {
    assert.ok(comment.includes(variable), `the comment tells of ${variable}`);
  }
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    // Deno as it is here: npx would look for it first, for a second each time.
    args: ["-c", command.replace(/^npx deno /, '"$DENO" ')],
    cwd: ROOT,
    env: {
      PERIGEE_URL: mesh.url,
      PERIGEE_KEY: mesh.emulator.secrets.dev_key,
      DENO: Deno.execPath(),
      NO_COLOR: "1",
      ...env,
    },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
