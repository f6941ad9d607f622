/**
 * A file of rows, one a line, that grows page by page and knows the ids that it has.
 * @module
 */

/** Rows of one kind, on disk. */
export class RowFile {
  /** Of all rows that the file has. */
  readonly ids = new Set<string>();
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Opens a file, or begins it; half a line, which a crash may leave, is cut off. */
  static async open(path: string): Promise<RowFile> {
    const file = new RowFile(path);
    const text = await Deno.readTextFile(path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    });
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length || text === "") await Deno.writeTextFile(path, whole);
    for (const line of whole.split("\n")) if (line !== "") file.ids.add(JSON.parse(line).id);
    return file;
  }

  /** Adds those rows that the file has not. @returns how many */
  async add(rows: readonly { id: string }[]): Promise<number> {
    const fresh = rows.filter(({ id }) => !this.ids.has(id));
    for (const { id } of fresh) this.ids.add(id);
    const lines = fresh.map((row) => `${JSON.stringify(row)}\n`).join("");
    if (lines !== "") await Deno.writeTextFile(this.#path, lines, { append: true });
    return fresh.length;
  }
}
