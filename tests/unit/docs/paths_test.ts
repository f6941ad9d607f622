import assert from "node:assert/strict";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { pageReferences } from "./page-references.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

Deno.test("every path that a page of the repository names exists", async () => {
  const files = await filesOfRepository();
  const pages = files.filter((path) => path.endsWith(".md"));
  assert.ok(pages.includes("README.md") && pages.includes("docs/README.md"), "pages were found");
  const missing: string[] = [];
  for (const page of pages) {
    for (const reference of pageReferences(await Deno.readTextFile(`${ROOT}/${page}`), files)) {
      const { kind, name } = reference;
      if (!isThere(files, { page, ...reference })) missing.push(`${page}: ${kind} ${name}`);
    }
  }
  assert.deepEqual(missing, []);
});

Deno.test("every task that a page of the repository names is one of deno.json", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
  const named = new Set<string>();
  for (const page of (await filesOfRepository()).filter((path) => path.endsWith(".md"))) {
    const text = await Deno.readTextFile(`${ROOT}/${page}`);
    for (const [, task] of text.matchAll(/\bdeno task ([\w-]+)/g)) named.add(task);
  }
  assert.ok(named.has("dev"), "tasks were found");
  assert.deepEqual([...named].filter((task) => !(task in tasks)), []);
});

Deno.test("pageReferences() finds links, paths and bare names of files, and no URL's path", () => {
  const files = ["mesh/node/heat.ts", "docs/node.md"];
  const text = `[a](docs/node.md#heat) [b](https://x.example/mesh/y.ts) see \`mesh/node/cold.ts\`,
    \`mesh/*.ts\`, POST /v2/mesh/infer, heat.ts, and mesh/node/.`;
  assert.deepEqual(pageReferences(text, files), [
    { kind: "link", name: "docs/node.md" },
    { kind: "path", name: "docs/node.md" },
    { kind: "path", name: "mesh/node/cold.ts" },
    { kind: "start", name: "mesh/" },
    { kind: "path", name: "mesh/node/" },
    { kind: "file", name: "heat.ts" },
  ]);
  const isKnown = (reference: { kind: "link" | "path" | "start" | "file"; name: string }) =>
    isThere(files, { page: "README.md", ...reference });
  assert.equal(isKnown({ kind: "path", name: "mesh/node/cold.ts" }), false);
  assert.equal(isKnown({ kind: "path", name: "mesh/node/" }), true);
  assert.equal(isKnown({ kind: "file", name: "cold.ts" }), false);
  assert.equal(isKnown({ kind: "file", name: "heat.ts" }), true);
});

function isThere(
  files: readonly string[],
  { page, kind, name }: { page: string; kind: "link" | "path" | "start" | "file"; name: string },
): boolean {
  if (kind === "file") return files.some((path) => posix.basename(path) === name);
  if (kind === "start") return files.some((path) => path.startsWith(name));
  const path = (kind === "link" ? posix.join(posix.dirname(page), name) : name).replace(/\/$/, "");
  return files.some((file) => file === path || file.startsWith(`${path}/`));
}

/** What git knows or would take: not what lies about. */
async function filesOfRepository(): Promise<string[]> {
  const { success, stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: ROOT,
  }).output();
  assert.ok(success, `${ROOT} is a git checkout`);
  return new TextDecoder().decode(stdout).split("\0").filter(Boolean);
}
