import assert from "node:assert/strict";
import { type Job, jobText, readJob } from "../../../../durable-objects/node/job.ts";
import { FILED } from "../../../../mesh/orbit/filed.ts";
import { seconds } from "../../../../mesh/units.ts";

Deno.test("readJob() gives the job that jobText() wrote, to the last bit, with a deadline and without", () => {
  for (const within of [Infinity, 0.1 + 0.2, 5e-324]) {
    // What it is made of besides are texts and numbers, all of them finite.
    const job = {
      v: 1,
      address: { node: "N-1", region: "weur", elements: FILED.elements(7) },
      demand: { within: seconds(within), operations: 2 ** 53 - 1 },
      placement: { sub_lat: Math.PI, origin_lat: null, path: ["N-1"], policy: null },
    } as unknown as Job;
    assert.deepEqual(readJob(jobText(job)), job);
  }
});
