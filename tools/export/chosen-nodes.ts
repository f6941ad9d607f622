/**
 * The nodes that a command names, by their ids or by patterns of them.
 * @module
 */
import type { Constellation } from "../../mesh/orbit/constellation.ts";

/**
 * Finds nodes, each once, in the order in which they are named.
 * @param text ids with commas between them; `*` stands for any letters, so `G1A-000-*` is a plane
 * @returns indices in the constellation
 * @throws RangeError that names what fits no node
 */
export function chosenNodes(text: string, constellation: Constellation): number[] {
  const chosen = new Set<number>();
  for (const part of text.split(",").map((part) => part.trim())) {
    const found = part.includes("*")
      ? fitting(part, constellation)
      : [constellation.indexOf(part)].filter((index) => index >= 0);
    if (found.length === 0) {
      throw new RangeError(`--nodes: "${part}" fits no node of ${constellation.name}`);
    }
    for (const index of found) chosen.add(index);
  }
  return [...chosen];
}

function fitting(pattern: string, { count, id }: Constellation): number[] {
  const parts = pattern.split("*").map((part) => part.replace(/[^A-Za-z0-9-]/g, "\\$&"));
  const fits = new RegExp(`^${parts.join(".*")}$`);
  return Array.from({ length: count }, (_, index) => index).filter((index) => fits.test(id(index)));
}
