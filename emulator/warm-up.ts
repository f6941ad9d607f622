/**
 * Asks the mesh what a first caller would wait for, so that "serving" is said of one that is quick: for a
 * placement, which builds the sky. Nothing is inferred, so no receipt is left.
 * @module
 */

// A mesh that does not get warm is a slow one, not a broken one: it serves all the same.
const WARM_MS_MAX = 30_000;

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
    const ready = await fetch(`${url}/v2/health/ready`, { signal });
    await ready.body?.cancel();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
