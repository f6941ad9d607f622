/**
 * What the emulator asks of a mesh before it says that it serves.
 * @module
 */

// A mesh that does not get warm is a slow one, not a broken one: it serves all the same.
const WARM_MS_MAX = 30_000;
const READY_EVERY_MS = 100;

/**
 * Asks what a first caller would wait for: a placement, which builds the sky, and readiness, which loads
 * the models into the engine. Nothing is inferred, so no receipt is left.
 */
export async function warmUp(url: string, key: string): Promise<void> {
  const signal = AbortSignal.timeout(WARM_MS_MAX);
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  try {
    const routed = await fetch(`${url}/v1/route`, {
      method: "POST",
      headers,
      body: JSON.stringify({ model: "drive-rss", origin: { lat: 0, lon: 0 } }),
      signal,
    });
    await routed.body?.cancel();
    for (;;) {
      const ready = await fetch(`${url}/v2/health/ready`, { signal });
      await ready.body?.cancel();
      if (ready.ok) return;
      await new Promise((done) => setTimeout(done, READY_EVERY_MS));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * Lets the collectors bring what an earlier run of the mesh has left to the ledger at once. Alarms are on
 * disk and fire again at a start, here as on Cloudflare, but that of a collector which found the ledger
 * away may lie half a minute ahead: who is asked for its backlog does not wait for it.
 */
export async function drainBacklog(url: string, admin_token: string): Promise<void> {
  const signal = AbortSignal.timeout(WARM_MS_MAX);
  const headers = { Authorization: `Bearer ${admin_token}` };
  try {
    const shown = await fetch(`${url}/v1/backlog`, { headers, signal });
    await shown.body?.cancel();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
