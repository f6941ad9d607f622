/**
 * Pages over many collectors beside the plain list of all their rows.
 * @module
 */
import assert from "node:assert/strict";
import type { Poison } from "../../durable-objects/collector/inbox.ts";
import { REGIONS } from "../../mesh/region.ts";
import { seeded } from "../support/random.ts";
import type { Json } from "../support/mesh.ts";

// Code of the runtime, which is checked with the runtime's types: from here it is taken as it is.
const POISON_PAGE = new URL("../../functions/meter/poison-page.ts", import.meta.url).href;
const { readPoison }: Json = await import(POISON_PAGE);

const CASES = 200;

/** What inbox.ts selects. */
const collector = (rows: Poison[]) => ({
  poison: (after: string, limit: number) =>
    Promise.resolve(
      rows.filter(({ id }) => id > after).sort((a, b) => a.id < b.id ? -1 : 1).slice(0, limit),
    ),
});

Deno.test("readPoison() shows every row of every collector once, by id, and never a part of an id's", async () => {
  for (let seed = 0; seed < CASES; seed++) {
    const random = seeded(seed);
    const ids = Array.from({ length: random.integer(0, 40) }, (_, i) => `execution-${100 + i}`);
    const sources = REGIONS.slice(0, random.integer(1, 4)).flatMap((region) =>
      [0, 1].map((shard) => {
        const name = `collector-${shard}@${region}`;
        const held = ids.filter(() => random.chance(0.3)).map((id) => ({
          id,
          reason: name,
          set_aside_ms: 1,
          execution: "{}",
        }));
        return { name, region, collector: collector(held), held };
      })
    );
    const plain = ids.flatMap((id) =>
      sources.flatMap(({ name, held }) => held.filter((row) => row.id === id).map(() => [id, name]))
    );
    const limit = random.integer(1, 12);
    const shown: [string, string][] = [];
    for (let after: string | null = ""; after !== null;) {
      const { rows, next }: Json = await readPoison(sources, { after, limit });
      const page = new Set(rows.map(({ id }: Json) => id));
      assert.ok(next === null ? page.size <= limit : page.size === limit, `seed ${seed}`);
      shown.push(...rows.map(({ id, collector }: Json) => [id, collector]));
      after = next;
    }
    assert.deepEqual(shown, plain, `seed ${seed}`);
  }
});
