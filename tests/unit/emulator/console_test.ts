import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildConsole } from "../../../emulator/console.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
const SCRIPT_AND_STYLE_MAX = 100_000;

Deno.test("buildConsole() makes a page of which script and style are at most 100 kB packed", async () => {
  const files = await buildConsole(ROOT);
  const packed = ["console/main.js", "console/main.css"]
    .map((path) => gzipSync(files[path]).length)
    .reduce((sum, bytes) => sum + bytes);
  assert.ok(packed > 10_000, "that is not the whole page");
  assert.ok(packed <= SCRIPT_AND_STYLE_MAX, `${packed} bytes`);
});
