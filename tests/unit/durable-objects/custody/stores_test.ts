import assert from "node:assert/strict";
import type {
  Crossing,
  CustodyRecord,
} from "../../../../durable-objects/custody/custody-record.ts";
import { CustodyStore } from "../../../../durable-objects/custody/custody-store.ts";
import type { RegisterRow } from "../../../../durable-objects/registrar/register.ts";
import { RegisterStore } from "../../../../durable-objects/registrar/register-store.ts";
import { NODE_MIGRATIONS } from "../../../../durable-objects/node/migrations.ts";
import { REGISTRAR_MIGRATIONS } from "../../../../durable-objects/registrar/migrations.ts";
import { REGIONS } from "../../../../mesh/region.ts";
import { type Random, seeded } from "../../../support/random.ts";
import { memorySql } from "../../../support/memory-sql.ts";

interface Any {
  energy_j: number;
  models: string[];
}

const SERVICES = ["up", "drained", "failed"] as const;
const claimOf = (random: Random) => ({
  epoch: random.integer(-1e9, 1e9),
  region: random.pick(REGIONS),
});
const stateOf = (random: Random): Any | null =>
  random.chance(0.2)
    ? null
    : { energy_j: random.between(0, 1.8e7), models: [`"'${random.next()}`] };

const recordOf = (random: Random): CustodyRecord<Any> => ({
  known: random.chance(0.1) ? null : claimOf(random),
  holding: random.chance(0.3) ? null : { epoch: claimOf(random).epoch, state: stateOf(random) },
  due: random.pick([null, "confirm", "push", "release"]),
  service: { state: random.pick(SERVICES), version: random.integer(0, 9) },
});

const crossingOf = (random: Random): Crossing<Any> => ({
  kind: random.pick(["sealed", "received"]),
  of: claimOf(random).epoch,
  epoch: claimOf(random).epoch,
  peer: random.pick(REGIONS),
  state: stateOf(random),
});

Deno.test("CustodyStore gives back what was saved last, and the last 16 crossings in order", () => {
  const store = new CustodyStore<Any>(memorySql(NODE_MIGRATIONS));
  assert.equal(store.load(), null);
  const crossings: Crossing<Any>[] = [];
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const record = recordOf(random);
    const crossing = random.chance(0.5) ? crossingOf(random) : undefined;
    store.save(record, crossing);
    if (crossing) crossings.push(crossing);
    assert.deepEqual(store.load(), record, `seed ${seed}`);
    assert.deepEqual(store.crossings(), crossings.slice(-16), `seed ${seed}`);
  }
});

Deno.test("RegisterStore gives back what was saved last of each node, and those not up", () => {
  const store = new RegisterStore(memorySql(REGISTRAR_MIGRATIONS));
  assert.equal(store.load("N-1"), null);
  const rows = new Map<string, RegisterRow>();
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const row: RegisterRow = {
      node: `N-${random.integer(0, 9)}`,
      claim: random.chance(0.2) ? null : claimOf(random),
      sources: Array.from({ length: random.integer(0, 3) }, () => claimOf(random)),
      service: { state: random.pick(SERVICES), version: random.integer(0, 9) },
    };
    store.save(row);
    rows.set(row.node, row);
    assert.deepEqual(store.load(row.node), row, `seed ${seed}`);
    const down = [...rows.values()].filter(({ service }) => service.state !== "up");
    down.sort((a, b) => a.node < b.node ? -1 : 1);
    const services = down.map(({ node, service }) => ({ node, service }));
    assert.deepEqual(store.notUp(), services, `seed ${seed}`);
  }
});
