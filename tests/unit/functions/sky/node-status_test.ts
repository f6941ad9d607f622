import assert from "node:assert/strict";
import type { Constellation } from "../../../../mesh/orbit/constellation.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const STATUS = "../../../../functions/sky/node-status.ts";
const { refreshNodeStatus } = await import(STATUS);

const constellation = { indexOf: (id: string) => Number(id) } as unknown as Constellation;
const REGISTRARS = 8;

/** Registrars of which the first says that a node is drained, or that do not answer. */
function registrars() {
  const asked = { calls: 0, away: false };
  const services = () => {
    asked.calls++;
    if (asked.away) return Promise.reject(new Error("away"));
    const first = asked.calls % REGISTRARS === 1;
    return Promise.resolve(first ? [{ node: "7", service: { state: "drained" } }] : []);
  };
  return { asked, env: { REGISTRARS: { getByName: () => ({ services }) } } };
}

Deno.test("Registrars are asked each ten seconds where requests are many, and each minute where they are few", async () => {
  const { asked, env } = registrars();
  const hints = new Hints();
  const at = (ms: number) => refreshNodeStatus(env, constellation, hints, ms);
  await at(0);
  assert.equal(asked.calls, REGISTRARS);
  assert.deepEqual([...hints.outOfService], [[7, "drained"]]);
  for (let ms = 2_600; ms < 60_000; ms += 2_600) await at(ms);
  assert.equal(asked.calls, REGISTRARS);
  await at(60_000);
  assert.equal(asked.calls, 2 * REGISTRARS);
  for (let i = 0; i < 1_000; i++) await at(60_000 + i * 10);
  assert.equal(asked.calls, 2 * REGISTRARS);
  await at(70_000);
  assert.equal(asked.calls, 3 * REGISTRARS);
});

Deno.test("Registrars that do not answer are asked again after ten seconds, and what was known stays", async () => {
  const { asked, env } = registrars();
  const hints = new Hints();
  await refreshNodeStatus(env, constellation, hints, 0);
  asked.away = true;
  await refreshNodeStatus(env, constellation, hints, 60_000);
  assert.deepEqual([...hints.outOfService], [[7, "drained"]]);
  await refreshNodeStatus(env, constellation, hints, 65_000);
  assert.equal(asked.calls, 2 * REGISTRARS);
  await refreshNodeStatus(env, constellation, hints, 70_000);
  assert.equal(asked.calls, 3 * REGISTRARS);
});
