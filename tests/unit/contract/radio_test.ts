import assert from "node:assert/strict";
import { parseRadio } from "../../../contract/radio.ts";
import { LIGHT } from "../../../mesh/radio/profile.ts";
import { STARLINK } from "../../../mesh/radio/starlink.ts";

Deno.test("parseRadio() knows light, which is the default, and starlink, and lays JSON over one of them", () => {
  assert.equal(parseRadio(""), LIGHT);
  assert.equal(parseRadio("light"), LIGHT);
  assert.equal(parseRadio("starlink"), STARLINK);
  assert.deepEqual(parseRadio(`{"name":"mine"}`), { ...LIGHT, name: "mine" });
  const mine = parseRadio(`{"name":"mine","based_on":"starlink","slots":null,"hop_ms":2}`);
  assert.deepEqual(mine, { ...STARLINK, name: "mine", slots: null, hop: 0.002 });
});

Deno.test("parseRadio() says which figure is wrong, and how", () => {
  const rain = `"rain":{"up_ghz":14,"down_ghz":12`;
  const wrong: readonly [string, RegExp][] = [
    ["fast", /must be light, starlink, starlink-busy, or a JSON object/],
    [`{}`, /"name"/],
    [`{"name":"light"}`, /"name": must not be the name of another profile/],
    [`{"name":"a","frame_ms":-1}`, /"frame_ms"/],
    [`{"name":"a","frames":1}`, /frames/],
    [`{"name":"a","mask":[{"azimuth_deg":400,"elevation_deg":1}]}`, /"mask\.0\.azimuth_deg"/],
    [
      `{"name":"a","mask":[{"azimuth_deg":9,"elevation_deg":1},{"azimuth_deg":9,"elevation_deg":1}]}`,
      /"mask\.1\.azimuth_deg" must be above/,
    ],
    [`{"name":"a",${rain}}}`, /"rain" must have "mm_h" or "exceeded_percent"/],
    [`{"name":"a",${rain},"mm_h":1,"exceeded_percent":1}}`, /and not both/],
    [`{"name":"a","slots":{"period_s":1,"gap_ms":1000}}`, /"slots.gap_ms" must be below/],
  ];
  for (const [text, message] of wrong) assert.throws(() => parseRadio(text), message, text);
});
