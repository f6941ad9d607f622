import assert from "node:assert/strict";
import { ascii, JsonReader } from "../../../../contract/oip/json-tokens.ts";
import { SmallValue } from "../../../../contract/oip/small-value.ts";
import { type Random, seeded } from "../../../support/random.ts";

/** Reads a text in chunks of these sizes. */
function read(bytes: Uint8Array, sizes: () => number): unknown {
  const built = new SmallValue();
  const reader = new JsonReader({
    key: (key) => built.key(key),
    open: (kind) => built.open(kind),
    close: () => built.close(),
    literal: (value) => built.add(value),
    string: (value) => built.add(value),
    number(value, bytes, from, to) {
      assert.ok(Object.is(value, Number(ascii(bytes, from, to))), ascii(bytes, from, to));
      built.add(value);
    },
    stringBytesMax: () => 1e6,
  });
  for (let at = 0; at < bytes.length;) {
    const size = Math.max(1, sizes());
    reader.write(bytes.subarray(at, at + size));
    at += size;
  }
  reader.end();
  return built.value;
}

const STRINGS = [
  "",
  "a",
  "é",
  "日本",
  "😀",
  '"',
  "\\",
  "\n",
  "\u0001",
  "\ud800",
  "__proto__",
  "1e5",
];

function anyValue(random: Random, depth: number): unknown {
  const kind = random.integer(0, depth > 0 ? 7 : 5);
  if (kind === 0) return random.pick([true, false, null]);
  if (kind === 1) return random.pick(STRINGS) + random.pick(STRINGS);
  if (kind === 2) return random.integer(-1000, 1000);
  if (kind === 3) return random.between(-1, 1) * 10 ** random.integer(-320, 308);
  if (kind === 4) return Math.fround(random.between(-1e6, 1e6));
  if (kind === 5) return random.pick([0, -0, 1e21, 2 ** 53, 5e-324, 1.7976931348623157e308, 0.1]);
  const items = Array.from({ length: random.integer(0, 4) }, () => anyValue(random, depth - 1));
  if (kind === 6) return items;
  const entries = items.map((item) => [random.pick(STRINGS) + random.integer(0, 9), item]);
  return JSON.parse(JSON.stringify(Object.fromEntries(entries)));
}

const utf8 = new TextEncoder();

Deno.test("JsonReader reads what JSON.parse reads, however the text is cut into chunks", () => {
  for (let seed = 0; seed < 3_000; seed++) {
    const random = seeded(seed);
    const text = JSON.stringify(anyValue(random, 4), null, random.pick([undefined, 1, "\t\r\n "]));
    const max = random.pick([1, 2, 7, 1e9]);
    const value = read(utf8.encode(text), () => random.integer(1, max));
    assert.deepEqual(value, JSON.parse(text), `seed ${seed}: ${text}`);
  }
});

const MARKS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "\\",
  "-",
  "+",
  ".",
  "e",
  "0",
  "1",
  "t",
  " ",
  "\u0000",
];

Deno.test("JsonReader refuses what JSON.parse refuses", () => {
  let refused = 0;
  for (let seed = 0; seed < 6_000; seed++) {
    const random = seeded(seed);
    let text = JSON.stringify(anyValue(random, 3));
    for (let n = random.integer(1, 3); n > 0; n--) {
      const at = random.integer(0, text.length);
      text = text.slice(0, at) + random.pick(["", ...MARKS]) +
        text.slice(at + random.integer(0, 2));
    }
    // A lone surrogate cannot be sent as UTF-8: what is sent is what the encoder makes of it.
    const bytes = utf8.encode(text);
    const sent = new TextDecoder().decode(bytes);
    let right: unknown;
    let wrong = false;
    try {
      right = JSON.parse(sent);
    } catch {
      wrong = true;
      refused++;
    }
    const sizes = () => random.integer(1, 9);
    if (wrong) assert.throws(() => read(bytes, sizes), SyntaxError, `seed ${seed}: ${sent}`);
    else assert.deepEqual(read(bytes, sizes), right, `seed ${seed}: ${sent}`);
  }
  assert.ok(refused > 1_000);
});

Deno.test("JsonReader reads numbers to the last bit, as JSON.parse does", () => {
  const random = seeded(5);
  const digits = (count: number) =>
    Array.from({ length: count }, () => random.integer(0, 9)).join("");
  for (let round = 0; round < 20_000; round++) {
    const text =
      `${random.pick(["", "-"])}${random.integer(1, 9)}${digits(random.integer(0, 20))}` +
      random.pick(["", `.${digits(random.integer(1, 20))}`]) +
      random.pick(["", `e${random.integer(-340, 310)}`, `E+${random.integer(0, 30)}`]);
    assert.ok(Object.is(read(utf8.encode(text), () => 4), JSON.parse(text)), text);
  }
});

Deno.test("JsonReader holds neither deep, nor long, nor endless text", () => {
  const refuses = (text: string, says: RegExp) =>
    assert.throws(() => read(utf8.encode(text), () => 1_000), {
      name: "SyntaxError",
      message: says,
    });
  refuses("[".repeat(33), /nested deeper than 32/);
  refuses("1".repeat(1_000_000), /512 bytes/);
  refuses(`{"${"a".repeat(2_000)}":1}`, /1024 bytes/);
  refuses(`"${"a".repeat(1_000_001)}"`, /1000000 bytes/);
  refuses("tru".repeat(100), /9 bytes/);
  refuses("", /Unexpected end/);
  refuses("[1,", /ends early, at byte 3/);
  refuses('"\u0001"', /not written as JSON/);
  assert.throws(() => read(new Uint8Array([0x22, 0xff, 0x22]), () => 1), /not UTF-8/);
});

Deno.test("JsonReader takes a byte order mark at the start, as the decoder of whole texts did", () => {
  assert.deepEqual(read(new Uint8Array([0xef, 0xbb, 0xbf, 0x5b, 0x5d]), () => 9), []);
});
