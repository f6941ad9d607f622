/**
 * Writes worker-configuration.d.ts from wrangler.toml: `deno task types`, after each change there.
 * Mends two things that Deno's type checker trips over.
 * @module
 */

const FILE = "worker-configuration.d.ts";

const { success } = await new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", "npm:wrangler", "types", FILE],
  env: { WRANGLER_SEND_METRICS: "false" },
}).output();
if (!success) throw new Error("wrangler types failed");

const text = Deno.readTextFileSync(FILE)
  // Deno wants whole file names.
  .replaceAll('import("./functions/worker")', 'import("./functions/worker.ts")')
  // Node's types, which a dependency drags in, declare this name too.
  .replace(/\bEventListener\b/g, "WorkerEventListener");
Deno.writeTextFileSync(FILE, text);
console.log(`Wrote ${FILE}`);
