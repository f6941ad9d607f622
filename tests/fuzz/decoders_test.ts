/**
 * Every decoder of what somebody else wrote, with hostile input: it answers, or refuses as it says it
 * does, and never fails in a way of its own.
 * @module
 */
import assert from "node:assert/strict";
import { compilePolicy, Policy } from "../../contract/policy.ts";
import { isKey, makeKey } from "../../contract/api-key.ts";
import { readArea } from "../../contract/geojson.ts";
import { InferRequest } from "../../contract/oip.ts";
import { parseProfile } from "../../contract/profile.ts";
import { InferBodyReader } from "../../contract/oip/infer-body.ts";
import { InvalidBody } from "../../contract/oip/invalid-body.ts";
import { decodePipeline } from "../../emulator/bridge/decode.ts";
import { ProtocolError } from "../../emulator/bridge/hrana.ts";
import { scanSql } from "../../emulator/bridge/scan-sql.ts";
import { parseClock } from "../../mesh/clock.ts";
import { generatedConstellation } from "../../mesh/orbit/constellation.ts";
import { detectFormat, READERS } from "../../mesh/orbit/import/format.ts";
import { unfit } from "../../mesh/orbit/import/record.ts";
import { STARLINK_FILED } from "../../mesh/orbit/shells.ts";
import { ModelError } from "../../models/operations/model-error.ts";
import { readModel } from "../../models/operations/model-file.ts";
import { type Random, seeded } from "../support/random.ts";
import {
  hostileString,
  hostileValue,
  type Json,
  mutated,
  spoiled,
  spoiledBytes,
} from "./hostile.ts";

const EACH = 10_000;

const TLE = `ISS (ZARYA)
1 25544U 98067A   24336.50000000  .00016717  00000-0  10270-3 0  9004
2 25544  51.6400 208.9163 0006317  69.9862 290.2096 15.49560532000016
`;

const OMM = {
  OBJECT_NAME: "STARLINK-1008",
  OBJECT_ID: "2019-074B",
  EPOCH: "2025-05-01T12:00:00.123456",
  MEAN_MOTION: 15.06,
  ECCENTRICITY: 0.0001,
  INCLINATION: 53.05,
  RA_OF_ASC_NODE: 120.5,
  ARG_OF_PERICENTER: 90.1,
  MEAN_ANOMALY: 270.2,
  EPHEMERIS_TYPE: 0,
  CLASSIFICATION_TYPE: "U",
  NORAD_CAT_ID: 44714,
  ELEMENT_SET_NO: 999,
  REV_AT_EPOCH: 30000,
  BSTAR: 0.0001,
  MEAN_MOTION_DOT: 0.00001,
  MEAN_MOTION_DDOT: 0,
};

const CSV = `${Object.keys(OMM).join(",")}\n${Object.values(OMM).join(",")}\n`;

const AREA: Json = {
  type: "MultiPolygon",
  coordinates: [[[[0, 40], [10, 40], [10, 50], [0, 50], [0, 40]]]],
};

const PIPELINE: Json = {
  baton: null,
  requests: [
    {
      type: "batch",
      batch: {
        steps: [
          {
            stmt: { sql: "INSERT INTO t VALUES (?, :a)", args: [{ type: "integer", value: "1" }] },
          },
          {
            condition: { type: "and", conds: [{ type: "ok", step: 0 }] },
            stmt: { sql: "SELECT 1", named_args: [{ name: "a", value: { type: "null" } }] },
          },
        ],
      },
    },
    { type: "execute", stmt: { sql: "SELECT ?", args: [{ type: "blob", base64: "AAEC" }] } },
    { type: "store_sql", sql_id: 1, sql: "SELECT 1" },
    { type: "close" },
  ],
};

const TENSORS =
  `{"inputs":[{"name":"x","datatype":"INT64","shape":[2,2],"data":[1,-9223372036854775808,3,4]},
  {"name":"y","datatype":"FP32","shape":[1],"data":[1.5e3]},{"name":"z","datatype":"BOOL","shape":[1],"data":[true]}]}`;

const FILED = generatedConstellation("starlink-filed", STARLINK_FILED);

const KEY = makeKey((bytes) => bytes.fill(7));

interface Decoder {
  name: string;
  input: (random: Random) => unknown;
  /** @returns whether it took it */
  decode: (input: never) => boolean;
  /** The one kind of error that is a refusal. */
  refuses?: new (message: string) => Error;
}

const textOf = (valid: string) => (random: Random) =>
  random.chance(0.1) ? hostileString(random) : spoiled(random, valid);

const valueOf = (valid: Json) => (random: Random) =>
  random.chance(0.1) ? hostileValue(random) : mutated(random, valid);

const DECODERS: Decoder[] = [
  {
    name: "the body of an inference",
    input: textOf(TENSORS),
    decode: (text: string) => {
      const reader = new InferBodyReader({
        model: "m",
        inputs: [
          { name: "x", datatype: "INT64" },
          { name: "y", datatype: "FP32" },
          { name: "z", datatype: "BOOL" },
        ],
        wrongShape: () => null,
      });
      try {
        reader.write(new TextEncoder().encode(text));
        return InferRequest.safeParse(reader.end().fields).success;
      } catch (error) {
        if (error instanceof InvalidBody) return false;
        throw error;
      }
    },
    refuses: SyntaxError,
  },
  ...Object.entries({ "TLE": TLE, "OMM JSON": JSON.stringify([OMM]), "OMM CSV": CSV }).map(
    ([format, text]): Decoder => ({
      name: `a catalogue, ${format}`,
      input: textOf(text),
      decode: (text: string) => {
        detectFormat(text);
        const reader = READERS[format as keyof typeof READERS]();
        const outcomes = [...reader.push(text.slice(0, 100)), ...reader.push(text.slice(100))];
        outcomes.push(...reader.end());
        for (const one of outcomes) {
          if (one.ok) assert.equal(unfit(one.record), null);
          else assert.ok(one.complaint.reason.length > 0 && one.complaint.reason.length < 500);
        }
        return outcomes.some(({ ok }) => ok);
      },
    }),
  ),
  {
    name: "an area",
    input: valueOf(AREA),
    decode: (value: unknown) => readArea(value, 100).ok,
  },
  {
    name: "a policy",
    input: valueOf({
      allow: [{ country: "FR" }, { area: AREA }, { node: "G2A-017-042" }],
      deny: [{ shell: "G2B" }],
    }),
    decode: (value: unknown) => {
      const parsed = Policy.safeParse(value);
      return parsed.success && !("issues" in compilePolicy(parsed.data, FILED));
    },
  },
  {
    name: "a hardware profile",
    input: textOf('{"npu_tops":200,"battery_wh":5000,"battery_floor":0.2,"npu_active_w":20}'),
    decode: (text: string) => parseProfile(text) !== null,
    refuses: RangeError,
  },
  {
    name: "a clock",
    input: textOf("2026-03-20T12:00:00Z@60@1795500000000"),
    decode: (text: string) => parseClock(text, 0) !== null,
    refuses: RangeError,
  },
  {
    name: "an API key",
    input: textOf(KEY),
    decode: (text: string) => isKey(text),
  },
  {
    name: "a Hrana pipeline",
    input: valueOf(PIPELINE),
    decode: (value: unknown) => decodePipeline(value).length > 0,
    refuses: ProtocolError,
  },
  {
    name: "SQL's parameters",
    input: textOf("SELECT 'a''b', \"c\", [d], `e` /* ? */ -- ?\n FROM t WHERE x = ?1 AND y = :z; "),
    decode: (text: string) => scanSql(text).statements >= 0,
  },
  {
    name: "an ONNX file",
    input: (random) => spoiledBytes(random, ONNX),
    decode: (bytes: Uint8Array) => readModel(bytes).nodes.length >= 0,
    refuses: ModelError,
  },
];

const ONNX = await Deno.readFile(new URL("../../models/onnx/drive-rss.onnx", import.meta.url));

for (const { name, input, decode, refuses } of DECODERS) {
  Deno.test(`Of ${EACH} hostile inputs none breaks the decoder of ${name}`, () => {
    const random = seeded(name.length);
    const seen = { taken: 0, refused: 0 };
    for (let i = 0; i < EACH; i++) {
      const one = input(random);
      try {
        if (decode(one as never)) seen.taken++;
        else seen.refused++;
      } catch (error) {
        const shown = () =>
          `input ${i}, ${String(error).slice(0, 300)}: ${Deno.inspect(one).slice(0, 300)}`;
        assert.ok(refuses && error instanceof refuses, shown());
        assert.ok(error.message.length > 0, shown());
        seen.refused++;
      }
    }
    assert.ok(seen.refused > EACH / 10 || name.startsWith("SQL"), JSON.stringify(seen));
  });
}
