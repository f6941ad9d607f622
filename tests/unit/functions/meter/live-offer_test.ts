import assert from "node:assert/strict";
import { readOffer } from "../../../../functions/meter/live-offer.ts";

Deno.test("readOffer() takes one key from among the subprotocols, in any order, and none of two", () => {
  const cases: [string | null, { speaks: boolean; bearer: string | undefined }][] = [
    [null, { speaks: false, bearer: undefined }],
    ["", { speaks: false, bearer: undefined }],
    ["perigee.live.1", { speaks: true, bearer: undefined }],
    ["perigee.live.1, bearer.pgk_1", { speaks: true, bearer: "pgk_1" }],
    ["bearer.pgk_1,perigee.live.1", { speaks: true, bearer: "pgk_1" }],
    ["bearer.pgk_1", { speaks: false, bearer: "pgk_1" }],
    ["perigee.live.2, Bearer.pgk_1", { speaks: false, bearer: undefined }],
    ["perigee.live.1, bearer.a, bearer.b", { speaks: true, bearer: undefined }],
  ];
  for (const [header, offer] of cases) assert.deepEqual(readOffer(header), offer, header ?? "none");
});
