import assert from "node:assert/strict";
import { type Claim, Register } from "../../../../durable-objects/registrar/register.ts";
import { RegisterStore } from "../../../../durable-objects/registrar/register-store.ts";
import { REGISTRAR_MIGRATIONS } from "../../../../durable-objects/registrar/migrations.ts";
import type { Region } from "../../../../mesh/region.ts";
import { memorySql } from "../../../support/memory-sql.ts";

const at = (epoch: number, region: Region): Claim => ({ epoch, region });
const claimed = (sources: Claim[]) => ({
  ok: true,
  sources,
  service: { state: "up", version: 0 },
});

function open() {
  const rows = new RegisterStore(memorySql(REGISTRAR_MIGRATIONS));
  const register = new Register(rows);
  const claim = (epoch: number, region: Region, holds: number | null = null) =>
    register.claim({ node: "N", epoch, region, holds });
  return { rows, register, claim };
}

Deno.test("claim() gives all who may have the state, newest first, until one confirms", () => {
  const { register, claim } = open();
  assert.deepEqual(claim(1, "wnam"), claimed([]));
  assert.deepEqual(claim(2, "enam"), claimed([at(1, "wnam")]));
  assert.deepEqual(claim(3, "weur"), claimed([at(2, "enam"), at(1, "wnam")]));
  register.confirm("N", at(2, "enam"));
  assert.deepEqual(claim(4, "eeur"), claimed([at(3, "weur"), at(2, "enam")]), "a late one counts");
  register.confirm("N", at(1, "wnam"));
  assert.deepEqual(claim(5, "me"), claimed([at(4, "eeur"), at(3, "weur"), at(2, "enam")]));
});

Deno.test("claim() refuses what is older, and a second region in one epoch", () => {
  const { claim } = open();
  claim(5, "wnam");
  assert.deepEqual(claim(4, "enam"), { ok: false, holder: at(5, "wnam") });
  assert.deepEqual(claim(5, "enam"), { ok: false, holder: at(5, "wnam") });
  assert.deepEqual(claim(5, "wnam"), claimed([]));
});

Deno.test("claim() repeated says the same and changes nothing", () => {
  const { rows, claim } = open();
  claim(1, "wnam");
  claim(2, "enam");
  const before = rows.load("N");
  assert.deepEqual(claim(2, "enam"), claimed([at(1, "wnam")]));
  assert.deepEqual(rows.load("N"), before);
});

Deno.test("claim() keeps of the claimer's region only what it holds", () => {
  const { claim } = open();
  claim(1, "wnam");
  claim(2, "enam");
  claim(3, "wnam", 1);
  assert.deepEqual(claim(4, "weur"), claimed([at(3, "wnam"), at(2, "enam"), at(1, "wnam")]));
  assert.deepEqual(
    claim(5, "wnam", 1),
    claimed([at(4, "weur"), at(2, "enam"), at(1, "wnam")]),
    "its claim of epoch 3 came to nothing",
  );
});

Deno.test("release() forgets the sources, but not that there were claims", () => {
  const { register, claim } = open();
  claim(1, "wnam");
  claim(2, "enam");
  register.release("N", at(1, "wnam"));
  assert.deepEqual(claim(3, "weur"), claimed([at(2, "enam"), at(1, "wnam")]), "too late");
  register.release("N", at(3, "weur"));
  register.release("N", at(3, "weur"));
  assert.deepEqual(claim(2, "enam"), { ok: false, holder: at(3, "weur") });
  assert.deepEqual(claim(4, "eeur"), claimed([]));
});

Deno.test("setService() survives claims and releases, and names who must hear of it", () => {
  const { register, claim } = open();
  assert.deepEqual(register.setService("N", "failed"), {
    service: { state: "failed", version: 1 },
    holder: null,
  });
  const service = { state: "failed", version: 1 };
  assert.deepEqual(claim(1, "wnam"), { ok: true, sources: [], service });
  register.release("N", at(1, "wnam"));
  assert.deepEqual(register.services(), [{ node: "N", service }]);
  claim(2, "enam");
  assert.deepEqual(register.setService("N", "up"), {
    service: { state: "up", version: 2 },
    holder: at(2, "enam"),
  });
  assert.deepEqual(register.services(), []);
});
