/**
 * Cuts text that comes in pieces into lines, and counts them.
 * @module
 */

export interface Line {
  /** From 1. */
  line: number;
  /** Without its line break. */
  text: string;
}

// A file without line breaks must not be gathered whole: the longest real line, a CSV record of
// Space-Track, has about 1,000 characters. A reader refuses a line that was cut here as broken.
const LINE_CHARS_MAX = 8_192;

export class Lines {
  #rest = "";
  #line = 0;

  push(text: string): Line[] {
    const pieces = text.split("\n");
    const lines: Line[] = [];
    for (let i = 0; i < pieces.length; i++) {
      this.#rest = (this.#rest + pieces[i].slice(0, LINE_CHARS_MAX)).slice(0, LINE_CHARS_MAX);
      if (i < pieces.length - 1) lines.push(this.#take());
    }
    return lines;
  }

  /** The last line, where the file does not end with a line break. */
  end(): Line[] {
    return this.#rest === "" ? [] : [this.#take()];
  }

  #take(): Line {
    // The byte order mark that some editors put before a file is no part of its first line.
    const text = this.#line === 0 ? this.#rest.replace(/^\uFEFF/, "") : this.#rest;
    this.#rest = "";
    this.#line++;
    return { line: this.#line, text: text.endsWith("\r") ? text.slice(0, -1) : text };
  }
}
