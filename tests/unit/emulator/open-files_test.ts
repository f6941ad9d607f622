/**
 * What is told where few files may be open.
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const MODULE = fileURLToPath(new URL("../../../emulator/open-files.ts", import.meta.url));

const warningAt = async (files: number): Promise<string> => {
  const { stdout, stderr, success } = await new Deno.Command("sh", {
    args: [
      "-c",
      'ulimit -n "$1" && exec "$0" eval "import { openFilesWarning } from \\"$2\\"; console.log(await openFilesWarning())"',
      Deno.execPath(),
      `${files}`,
      `file://${MODULE}`,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
};

Deno.test("Who starts a mesh where few files may be open is told how many nodes they are for", async () => {
  assert.match(await warningAt(1_024), /^Only 1024 files .* more than some 258 nodes/);
  assert.equal(await warningAt(4_096), "null");
});
