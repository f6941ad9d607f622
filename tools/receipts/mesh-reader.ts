/**
 * Reads a mesh with one key, and waits where it says that it is too much.
 * @module
 */

/** Reads one answer. */
export interface MeshReader {
  /**
   * @param path under the mesh, with its query
   * @param of_tenant whether the answer is of one tenant, whom an admin's key has to name
   * @returns the body as it came, in which numbers have all their digits; null for 404
   * @throws Error that says what the mesh answered
   */
  read(path: string, of_tenant?: boolean): Promise<string | null>;
}

const TRIES_MAX = 8;
const WAIT_S_DEFAULT = 1;
const ANSWER_MS_MAX = 120_000;

/** @param tenant whose, where the key is an admin's */
export function meshReader(
  { mesh, key, tenant }: { mesh: string; key: string; tenant?: string },
): MeshReader {
  return {
    async read(path, of_tenant = false) {
      const url = new URL(path, `${mesh}/`);
      if (of_tenant && tenant !== undefined) url.searchParams.set("tenant", tenant);
      for (let tries = 1;; tries++) {
        const response = await fetch(url, {
          headers: { Authorization: `Bearer ${key}` },
          // The key is for this mesh, not for where it points.
          redirect: "error",
          signal: AbortSignal.timeout(ANSWER_MS_MAX),
        });
        const text = await response.text();
        if (response.ok) return text;
        if (response.status === 404) return null;
        const again = response.status === 429 || response.status === 503;
        if (!again || tries === TRIES_MAX) {
          throw new Error(`${url.pathname}: status ${response.status}: ${detailOf(text)}`);
        }
        const wait_s = Number(response.headers.get("Retry-After") ?? WAIT_S_DEFAULT);
        await new Promise((resolve) => setTimeout(resolve, wait_s * 1e3));
      }
    },
  };
}

function detailOf(text: string): string {
  try {
    const { detail, title } = JSON.parse(text);
    return String(detail ?? title);
  } catch {
    return text.slice(0, 200);
  }
}
