import assert from "node:assert/strict";
import { commonRequest } from "../../../../contract/oip/common-request.ts";
import { InferRequest } from "../../../../contract/oip.ts";
import { type Random, seeded } from "../../../support/random.ts";

const CASES = 5_000;

/** Values that some field takes, and that others refuse. */
const ODD: readonly unknown[] = [
  ...[null, true, false, "", "x", "x".repeat(64), "x".repeat(65), "x".repeat(256), "x".repeat(257)],
  ...[
    0,
    -0,
    1,
    -1,
    1.5,
    8,
    90,
    91,
    -90,
    -91,
    180,
    180.5,
    -5_000,
    -5_001,
    50_000,
    50_001,
    3_600_000,
  ],
  ...[3_600_001, 5e-324, 2 ** 31, 2 ** 31 + 1, 2 ** 53, 1e300, Infinity, -Infinity, NaN],
  ...[
    "FP32",
    "fp32",
    "realtime",
    "batch",
    "soon",
    [],
    {},
    [1],
    { a: 1 },
    [[]],
    new Array(9).fill(1),
  ],
];

function randomRequest({ chance, integer, pick, between }: Random): unknown {
  const odd = (value: unknown) => chance(0.04) ? pick(ODD) : value;
  const fields = (all: Record<string, unknown>, shares: number) =>
    Object.fromEntries(
      Object.entries(all).filter(() => chance(shares)).map((
        [name, value],
      ) => [chance(0.01) ? pick(["extra", "constructor", "data", "toString"]) : name, odd(value)]),
    );
  const parameters = () =>
    odd(fields({
      origin_lat: between(-90, 90),
      origin_lon: between(-180, 180),
      origin_node: "G2A-001-001",
      origin_alt_m: between(-5_000, 50_000),
      deadline_ms: between(0, 4e6),
      class: pick(["realtime", "interactive", "batch"]),
      policy: "{}",
      objective: pick(["latency", "energy"]),
      binary_data_output: chance(0.5),
      anything: pick(ODD),
    }, 0.5));
  const input = () =>
    odd(fields({
      name: "state",
      shape: odd(Array.from({ length: integer(0, 9) }, () => odd(integer(0, 100)))),
      datatype: pick(["FP32", "BYTES", "INT64"]),
      parameters: odd(fields({ binary_data_size: integer(0, 1_000), note: pick(ODD) }, 0.5)),
      data: [],
    }, 0.95));
  return odd(fields({
    id: "a",
    parameters: parameters(),
    inputs: odd(Array.from({ length: chance(0.01) ? 65 : integer(0, 3) }, input)),
    outputs: chance(0.1) ? [{ name: "torque" }] : null,
  }, 0.9));
}

Deno.test("commonRequest() takes only what the schema takes, as the schema gives it", () => {
  let taken = 0;
  let right = 0;
  for (let seed = 0; seed < CASES; seed++) {
    const request = randomRequest(seeded(seed));
    const parsed = InferRequest.safeParse(request);
    const common = commonRequest(request);
    if (parsed.success) right++;
    if (common === null) continue;
    taken++;
    assert.deepEqual(common, parsed.data, `seed ${seed}: ${JSON.stringify(request)}`);
  }
  assert.ok(right > CASES / 10 && right < CASES, `${right} of ${CASES} are right`);
  assert.ok(taken > right / 2, `it takes ${taken} of the ${right} that are right`);
});
