import assert from "node:assert/strict";
import { weightOf } from "../../../../functions/billing/request-weights.ts";

const MIB = 2 ** 20;

const weight = (path: string, query = "", content_length: string | null = null) =>
  weightOf({ path, query: new URLSearchParams(query), content_length });

Deno.test("weightOf() counts 1 more for each begun MiB that Content-Length tells beyond the first", () => {
  const rows: [string | null, number][] = [
    [null, 1],
    ["0", 1],
    [`${MIB}`, 1],
    [`${MIB + 1}`, 2],
    [`${2 * MIB}`, 2],
    [`${20 * MIB + 1}`, 21],
    // What no route takes counts no more, or one mistake would cost a minute's rate.
    [`${1e15}`, 32],
    ["many", 1],
    ["-5", 1],
  ];
  for (const [told, expected] of rows) {
    assert.equal(weight("/v2/models/scene-indices/infer", "", told), expected, `${told}`);
  }
});

Deno.test("weightOf() counts an upload by its length, up to the largest file that is taken", () => {
  assert.equal(weight("/v1/models/detector"), 1);
  assert.equal(weight("/v1/models/detector", "", `${40 * MIB}`), 40);
  assert.equal(weight("/v1/models/detector", "", "95000000"), 91);
  assert.equal(weight("/v1/models/detector", "", "1000000000"), 91);
});

Deno.test("weightOf() counts what a path costs and the body that comes with it", () => {
  assert.equal(weight("/v1/constellation"), 20);
  assert.equal(weight("/v1/constellation", "", `${3 * MIB}`), 22);
  assert.equal(weight("/v1/passes"), 2);
  assert.equal(weight("/v1/passes", "minutes=60"), 12);
  assert.equal(weight("/v1/passes", "minutes=6e9"), 12);
  assert.equal(weight("/v1/passes", "minutes=none"), 2);
  assert.equal(weight("/v1/placement-arcs"), 1);
  assert.equal(weight("/v1/placement-arcs", "limit=250"), 3);
  assert.equal(weight("/v1/placement-arcs", "limit=1e9"), 10);
  assert.equal(weight("/v1/placement-arcs", "limit=x"), 1);
});

Deno.test("weightOf() counts an ephemeris by its states, and by the most where a clock decides", () => {
  const span = "from=2026-03-20T12:00:00Z&until=2026-03-20T13:00:00Z";
  const rows: [string, number][] = [
    ["nodes=a", 1],
    [`nodes=a&${span}`, 1],
    [`nodes=a,b,c&${span}&step_s=1`, 22],
    [`nodes=a,b&${span}&step_s=1`, 15],
    [`nodes=a&${span}&step_s=0.001`, 40],
    [`nodes=a&${span}&step_s=0`, 40],
    [`nodes=a&${span}&step_s=none`, 40],
    ["nodes=a&until=2026-03-20T13:00:00Z", 40],
    // These are refused unread.
    ["", 1],
    ["nodes=a&from=2026-03-20T12:00:00Z&until=2026-03-20T11:00:00Z", 1],
  ];
  for (const [query, expected] of rows) {
    assert.equal(weight("/v1/ephemerides", query), expected, query);
  }
});
