/**
 * Work that takes long, in slices of few milliseconds: between two of them other requests of the
 * isolate, or of the object, run.
 * @module
 */

/** Runs a generator to its end, which yields between slices. */
export async function inSlices<T>(work: Generator<void, T>): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await scheduler.wait(0);
  }
}

/**
 * Joins the pieces of a text that takes long to write.
 * @param pieces each some milliseconds of work
 * @returns the text
 */
export async function textInSlices(pieces: Iterable<string>): Promise<string> {
  const parts: string[] = [];
  for (const piece of pieces) {
    parts.push(piece);
    await scheduler.wait(0);
  }
  return parts.join("");
}

/**
 * Lets a builder finish, such as a GridBuilder or a KnotBuilder.
 * @param nodes how many it looks at in a slice
 */
export async function builtInSlices<T>(
  builder: { step(nodes: number): T | null },
  nodes: number,
): Promise<T> {
  for (;;) {
    const built = builder.step(nodes);
    if (built !== null) return built;
    await scheduler.wait(0);
  }
}
