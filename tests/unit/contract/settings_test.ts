import assert from "node:assert/strict";
import { settingsOf } from "../../../contract/settings.ts";
import { DEFAULT_PROFILE } from "../../../mesh/node/profile.ts";

const SECRET = "s3cret-that-nobody-may-read";
const VALID = {
  PERIGEE_LEDGER_URL: "libsql://ledger.example",
  PERIGEE_LEDGER_TOKEN: SECRET,
  PERIGEE_ADMIN_TOKEN: `${SECRET}-and-long-enough`,
};

Deno.test("settingsOf() reads a deployment's settings once, with their defaults", () => {
  const env = { ...VALID };
  const settings = settingsOf(env);
  assert.deepEqual(settings.ledger, { url: VALID.PERIGEE_LEDGER_URL, token: SECRET });
  assert.equal(settings.admin_token, VALID.PERIGEE_ADMIN_TOKEN);
  assert.equal(settings.clock.rate, 1);
  assert.equal(settingsOf(env), settings);
});

Deno.test("Without an admin token there is none, rather than an empty one that fits", () => {
  const { PERIGEE_ADMIN_TOKEN: _, ...env } = VALID;
  assert.equal(settingsOf(env).admin_token, "");
  assert.equal(settingsOf({ ...env, PERIGEE_ADMIN_TOKEN: "" }).admin_token, "");
});

const WRONG: [string, unknown][] = [
  ["PERIGEE_CONSTELLATION", "moon-bases"],
  ["PERIGEE_CONSTELLATION", 7],
  ["PERIGEE_LEDGER_URL", undefined],
  ["PERIGEE_LEDGER_URL", ""],
  ["PERIGEE_LEDGER_URL", `not a url ${SECRET}`],
  ["PERIGEE_LEDGER_URL", `ftp://user:${SECRET}@ledger.example`],
  ["PERIGEE_LEDGER_TOKEN", { token: SECRET }],
  ["PERIGEE_ADMIN_TOKEN", SECRET],
  ["PERIGEE_ADMIN_TOKEN", SECRET.repeat(10)],
  ["PERIGEE_CLOCK", 7],
  ["PERIGEE_PROFILE", 7],
  ["PERIGEE_PROFILE", "fast"],
  ["PERIGEE_PROFILE", `{"npu_tops":0}`],
  ["PERIGEE_OTLP_URL", "collector.example"],
  ["PERIGEE_OTLP_URL", "ftp://collector.example"],
  ["PERIGEE_OTLP_URL", `https://user:${SECRET}@collector.example`],
  ["PERIGEE_OTLP_HEADERS", SECRET],
  ["PERIGEE_OTLP_HEADERS", `=${SECRET}`],
  ["PERIGEE_OTLP_HEADERS", `a name=${SECRET}`],
  ["PERIGEE_OTLP_HEADERS", `name=a%0A${SECRET}`],
  ["PERIGEE_OTLP_HEADERS", `name=${SECRET}%zz`],
  ["PERIGEE_TRACE_RATIO", "1.1"],
  ["PERIGEE_TRACE_RATIO", "-0.1"],
  ["PERIGEE_TRACE_RATIO", "all"],
  ["PERIGEE_CORS_ORIGINS", "*"],
  ["PERIGEE_CORS_ORIGINS", "https://app.example/"],
  ["PERIGEE_CORS_ORIGINS", "https://app.example:443"],
  ["PERIGEE_CORS_ORIGINS", "https://app.example, app.example"],
  ["PERIGEE_CORS_ORIGINS", "https://*.app.example"],
  ["PERIGEE_CORS_ORIGINS", "null"],
];

for (const [name, value] of WRONG) {
  const shown = JSON.stringify(value)?.replaceAll(SECRET, "...").slice(0, 40);
  Deno.test(`${name} = ${shown} is refused by its name, and no secret is told`, () => {
    assert.throws(() => settingsOf({ ...VALID, [name]: value }), (error: Error) => {
      assert.match(error.message, new RegExp(`\\b${name}\\b`));
      assert.ok(!error.message.includes(SECRET), error.message);
      return true;
    });
  });
}

Deno.test("PERIGEE_PROFILE sets the hardware of every node; empty or absent is the default node", () => {
  assert.deepEqual(settingsOf({ ...VALID }).profiles.kinds, [DEFAULT_PROFILE]);
  assert.deepEqual(settingsOf({ ...VALID, PERIGEE_PROFILE: "" }).profiles.kinds, [DEFAULT_PROFILE]);
  const { kinds: [profile] } =
    settingsOf({ ...VALID, PERIGEE_PROFILE: `{"npu_tops":50}` }).profiles;
  assert.equal(profile.npu_tops, 50);
  assert.equal(profile.solar, DEFAULT_PROFILE.solar);
});

Deno.test("A clock that is none, or that carries no anchor, is refused", () => {
  for (const clock of ["tomorrow", "2026-03-20T12:00:00Z", "2026-03-20T12:00:00Z@60"]) {
    assert.throws(() => settingsOf({ ...VALID, PERIGEE_CLOCK: clock }), /PERIGEE_CLOCK/, clock);
  }
  const { clock } = settingsOf({ ...VALID, PERIGEE_CLOCK: "2026-03-20T12:00:00Z@60@1000" });
  assert.deepEqual(clock, { mesh_ms: Date.UTC(2026, 2, 20, 12), real_ms: 1_000, rate: 60 });
});

Deno.test("Without a collector no trace is recorded; with one, all are, unless the ratio says less", () => {
  assert.equal(settingsOf({ ...VALID }).traces, null);
  assert.equal(settingsOf({ ...VALID, PERIGEE_TRACE_RATIO: "0.5" }).traces, null);
  const PERIGEE_OTLP_URL = "https://collector.example/v1/traces";
  assert.deepEqual(settingsOf({ ...VALID, PERIGEE_OTLP_URL }).traces, {
    url: PERIGEE_OTLP_URL,
    headers: {},
    ratio: 1,
  });
  const PERIGEE_OTLP_HEADERS = "x-team=a%2Cb, Authorization=Bearer%20abc=";
  const { traces } = settingsOf({
    ...VALID,
    PERIGEE_OTLP_URL,
    PERIGEE_OTLP_HEADERS,
    PERIGEE_TRACE_RATIO: ".01",
  });
  assert.deepEqual(traces!.headers, { "x-team": "a,b", Authorization: "Bearer abc=" });
  assert.equal(traces!.ratio, 0.01);
});
