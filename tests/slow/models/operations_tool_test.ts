import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { MODELS } from "../../../models/catalogue.ts";
import { parseArguments } from "../../../tools/operations.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tools/operations.ts", ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("tools/operations.ts prints what each operator takes, the most costly first", async () => {
  const { code, out } = await run(
    "models/onnx/scene-indices.onnx",
    "--shape",
    "reflectance=1,6,64,64",
  );
  assert.equal(code, 0);
  const all = MODELS.get("scene-indices")!.operations([[1, 6, 64, 64]]);
  assert.match(out, new RegExp(`^all +90 +${all.toLocaleString("en-US")}$`, "m"));
  assert.match(out, /^output class \[1, 64, 64\]$/m);
  const figures = [...out.matchAll(/^[A-Z]\w+ +\d+ +([\d,]+)$/gm)]
    .map(([, figure]) => Number(figure.replaceAll(",", "")));
  assert.equal(figures.reduce((a, b) => a + b), all);
  assert.deepEqual(figures, figures.toSorted((a, b) => b - a));
});

Deno.test("tools/operations.ts says in one line what is wrong with a model or its shapes", async () => {
  const shapeless = await run("models/onnx/drive-rss.onnx");
  assert.deepEqual(
    [shapeless.code, shapeless.err],
    [1, 'Input "state" needs a shape: it is [N,6] in the file\n'],
  );
  const strange = await run("deno.json");
  assert.equal(strange.code, 1);
  assert.match(strange.err, /^Not an ONNX file, or a broken one: .*\n$/);
});

Deno.test("tools/operations.ts explains itself", async () => {
  const help = await run("--help");
  assert.equal(help.code, 0);
  assert.match(help.out, /Usage: .*--shape/);
  const nothing = await run();
  assert.equal(nothing.code, 2);
  assert.match(nothing.err, /One model is counted at a time, got 0/);
});

Deno.test("parseArguments() reads a shape for each input, a scalar's too", () => {
  assert.deepEqual(
    parseArguments(["m.onnx", "--shape", "x:0=1,3,8", "--shape=a=b=2", "--shape", "s="]),
    {
      path: "m.onnx",
      shapes: { "x:0": [1, 3, 8], "a=b": [2], s: [] },
    },
  );
  for (
    const bad of [["--shape", "x"], ["--shape"], ["--shape", "x=a"], ["--size", "x=1"], ["a", "b"]]
  ) {
    assert.equal(typeof parseArguments(["m.onnx", ...bad]), "string", `${bad}`);
  }
});
