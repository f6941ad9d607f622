/**
 * Readiness where it depends on the settings: a deployment whose settings are wrong is live, and says so.
 * @module
 */
import assert from "node:assert/strict";

// By a name that is not written here: its types are workerd's, and what is around here is Deno's.
const APP = new URL("../../../../functions/app.ts", import.meta.url).href;
const { app } = await import(APP);

Deno.test("GET /v2/health/ready names the setting that is not usable, and tells no value", async () => {
  const env = { PERIGEE_LEDGER_URL: "ftp://user:secret@ledger", PERIGEE_CLOCK: "real" };
  const ask = async (path: string) => {
    const request = new Request(`http://localhost${path}`);
    const response: Response = await app.fetch(request, env, { waitUntil() {} });
    return [response.status, await response.json()];
  };
  const [status, body] = await ask("/v2/health/ready");
  assert.deepEqual([status, body.ready], [503, false]);
  assert.match(body.error, /PERIGEE_LEDGER_URL is not usable/);
  assert.ok(!body.error.includes("secret"), body.error);
  assert.deepEqual(await ask("/v2/health/live"), [200, { live: true }]);
});
