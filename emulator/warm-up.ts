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
