import assert from "node:assert/strict";
import { logger } from "../../../contract/log.ts";

function linesOf(write: () => void): { level: string; line: string }[] {
  const { info, warn, error } = console;
  const lines: { level: string; line: string }[] = [];
  for (const level of ["info", "warn", "error"] as const) {
    console[level] = (line: string) => lines.push({ level, line });
  }
  try {
    write();
  } finally {
    Object.assign(console, { info, warn, error });
  }
  return lines;
}

Deno.test("logger() writes one JSON object a line, with what is bound and what is said", () => {
  const log = logger({ request_id: "r-1" });
  const [{ level, line }] = linesOf(() =>
    log.warn("Away\nfor long", { node: "G1A-000-000", retry_ms: 4 })
  );
  assert.equal(level, "warn");
  assert.ok(!line.includes("\n"));
  assert.deepEqual(JSON.parse(line), {
    level: "warn",
    what: "Away\nfor long",
    request_id: "r-1",
    node: "G1A-000-000",
    retry_ms: 4,
  });
});

Deno.test("logger() writes an error as its name and message, without a stack", () => {
  const [{ line }] = linesOf(() => logger().error("Failed", { error: new RangeError("too far") }));
  assert.deepEqual(JSON.parse(line), {
    level: "error",
    what: "Failed",
    error: "RangeError: too far",
  });
});
