import assert from "node:assert/strict";
import { makeKey } from "../../../contract/api-key.ts";
import { HELP, readSettings } from "../../../emulator/settings.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const read = (env: Record<string, string> = {}) => readSettings((name) => env[name], NOW);
const KEY = "a".repeat(31) + "-";

Deno.test("readSettings() of nothing is the real clock on port 8787, kept in .perigee", () => {
  const settings = read();
  assert.deepEqual([settings.port, settings.data], [8787, ".perigee"]);
  assert.deepEqual([settings.constellation, settings.clock], ["starlink-filed", "real"]);
  assert.deepEqual([settings.dev_key, settings.admin_token], [undefined, undefined]);
});

Deno.test("A variable set to nothing is as one that is not set", () => {
  const names = ["PORT", "PERIGEE_DATA", "PERIGEE_CONSTELLATION", "PERIGEE_CLOCK"];
  assert.deepEqual(read(Object.fromEntries(names.map((name) => [name, ""]))), read());
});

Deno.test("readSettings() takes what it is told, and anchors a set clock to now", () => {
  const settings = read({
    PORT: "0",
    PERIGEE_DATA: "/tmp/mesh",
    PERIGEE_DEV_KEY: KEY,
    PERIGEE_ADMIN_TOKEN: "B".repeat(128),
    PERIGEE_CLOCK: "2026-03-20T12:00:00Z@60",
  });
  assert.deepEqual([settings.port, settings.data, settings.dev_key], [0, "/tmp/mesh", KEY]);
  assert.equal(settings.admin_token, "B".repeat(128));
  assert.equal(settings.clock, `2026-03-20T12:00:00.000Z@60@${NOW}`);
});

const WRONG: [string, string[], RegExp][] = [
  ["PORT", ["x", "-1", "65536", "80.5", "8787/tcp", "NaN"], /number from 0 to 65535/],
  ["PERIGEE_DEV_KEY", ["short", KEY + "!", "k".repeat(31), "k".repeat(129)], /32 to 128 letters/],
  ["PERIGEE_ADMIN_TOKEN", ["short", KEY + " ", "t".repeat(129)], /32 to 128 letters/],
];

// Of the form that the mesh makes; its last letter is another.
const MADE = makeKey((bytes) => crypto.getRandomValues(bytes));
const MISTYPED = MADE.slice(0, -1) + (MADE.endsWith("0") ? "1" : "0");
WRONG.push(
  ["PERIGEE_DEV_KEY", [MISTYPED], /checksum is wrong/],
  ["PERIGEE_DEV_KEY", [makeKey((bytes) => crypto.getRandomValues(bytes), "pga_")], /an admin's/],
  ["PERIGEE_ADMIN_TOKEN", [MISTYPED], /checksum is wrong/],
);

for (const [name, values, says] of WRONG) {
  Deno.test(`${name} out of range is refused by its name, and told ${says}`, () => {
    for (const value of values) {
      assert.throws(() => read({ [name]: value }), (error: Error) => {
        assert.ok(error instanceof RangeError);
        assert.match(error.message, new RegExp(`^${name} must be `));
        assert.match(error.message, says);
        const secret = name.endsWith("KEY") || name.endsWith("TOKEN");
        assert.equal(error.message.includes(value), !secret, "secrets are not printed, others are");
        return true;
      });
    }
  });
}

Deno.test("PERIGEE_CLOCK that is no instant, or too fast, is refused with an example of one", () => {
  for (
    const clock of ["tomorrow", "2026-03-20", "2026-03-20T12:00:00Z@0", "2199-01-01T00:00:00Z"]
  ) {
    assert.throws(() => read({ PERIGEE_CLOCK: clock }), /^RangeError: PERIGEE_CLOCK/, clock);
  }
  assert.throws(() => read({ PERIGEE_CLOCK: "tomorrow" }), /2026-03-20T12:00:00Z@60/);
});

Deno.test("PERIGEE_LEDGER_URL names a libSQL server, with PERIGEE_LEDGER_TOKEN; without it there is a file", () => {
  assert.equal(read().ledger, null);
  assert.equal(read({ PERIGEE_LEDGER_URL: "", PERIGEE_LEDGER_TOKEN: "t" }).ledger, null);
  const url = "libsql://127.0.0.1:8080?tls=0";
  assert.deepEqual(read({ PERIGEE_LEDGER_URL: url }).ledger, { url, token: "" });
  const env = { PERIGEE_LEDGER_URL: url, PERIGEE_LEDGER_TOKEN: "t" };
  assert.deepEqual(read(env).ledger, { url, token: "t" });
  assert.throws(
    () => read({ PERIGEE_LEDGER_URL: "wss://ledger.example" }),
    /^RangeError: PERIGEE_LEDGER_URL must be libsql:/,
  );
});

Deno.test("The help names every variable that readSettings() reads", () => {
  const asked = new Set<string>();
  readSettings((name) => {
    asked.add(name);
    return undefined;
  }, NOW);
  for (const name of asked) assert.ok(HELP.includes(`  ${name} `), name);
});

Deno.test("The settings of traces are passed on as they came, and a wrong one ends the start", () => {
  assert.deepEqual(read().traces, {});
  const traces = {
    PERIGEE_OTLP_URL: "http://localhost:4318/v1/traces",
    PERIGEE_TRACE_RATIO: "0.1",
  };
  assert.deepEqual(read(traces).traces, traces);
  for (const [name, text] of [["PERIGEE_OTLP_URL", "x"], ["PERIGEE_TRACE_RATIO", "2"]]) {
    assert.throws(() => read({ [name]: text }), new RegExp(`${name} is not usable: must be`));
  }
  assert.throws(() => read({ PERIGEE_OTLP_HEADERS: "s3cret" }), (error: Error) => {
    assert.match(error.message, /PERIGEE_OTLP_HEADERS is not usable/);
    return !error.message.includes("s3cret");
  });
});
