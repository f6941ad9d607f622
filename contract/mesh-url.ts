/**
 * The address of a mesh, as programs that call one are told it.
 * @module
 */

/**
 * Reads the address of a mesh to which a key goes with every request.
 * @param option what it is the value of, such as --mesh
 * @param text what was given
 * @returns the address without a path
 * @throws RangeError that says what it must be: https://, or http:// on this machine
 */
export function readMeshUrl(option: string, text: string): string {
  const url = URL.parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new RangeError(`${option} must be the https:// address of a mesh`);
  }
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  // The key goes with every request.
  if (url.protocol === "http:" && !here) {
    throw new RangeError(`${option} must be https:// unless the mesh is on this machine`);
  }
  return url.origin;
}
