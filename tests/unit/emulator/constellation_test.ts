import assert from "node:assert/strict";
import { readConstellation } from "../../../emulator/constellation.ts";

const EXAMPLE = decodeURIComponent(
  new URL("../../../docs/examples/constellations/iridium.json", import.meta.url).pathname,
);

Deno.test("readConstellation() tells a filed name, a shell file, its text and a catalogue apart", async () => {
  assert.deepEqual(await readConstellation("starlink-filed"), {
    bound: "starlink-filed",
    catalogue: null,
  });
  const text = await Deno.readTextFile(EXAMPLE);
  for (const setting of [EXAMPLE, text]) {
    assert.deepEqual(await readConstellation(setting), { bound: text, catalogue: null });
  }
  for (const file of ["no-such-file.json", "deno.json.tle"]) {
    assert.deepEqual(await readConstellation(file), { bound: "catalogue", catalogue: file });
  }
});

Deno.test("readConstellation() takes OMM of one object a line for a catalogue, though it begins as a shell file", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    for (const text of ['{"NORAD_CAT_ID": 1}\n{"NORAD_CAT_ID": 2}\n', ' {"norad_cat_id": 1}']) {
      await Deno.writeTextFile(file, text);
      assert.deepEqual(await readConstellation(file), { bound: "catalogue", catalogue: file });
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("readConstellation() names the file and the field of a fault", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(
      file,
      (await Deno.readTextFile(EXAMPLE)).replace(": 780,", ": 78000,"),
    );
    await assert.rejects(readConstellation(file), (error: Error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, /^PERIGEE_CONSTELLATION is not usable/);
      assert.ok(error.message.includes(file));
      assert.match(error.message, /shells\[0\]\.altitude_km/);
      return true;
    });
  } finally {
    await Deno.remove(file);
  }
});
