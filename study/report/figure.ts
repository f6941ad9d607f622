/**
 * What the parts of a report share: a frame around a chart, and a colour for each run.
 * @module
 */

const COLOURS = 6;

/** The class of a run's colour. @param r the run's place in the scenario */
export const colourOf = (r: number): string => `c${r % COLOURS}`;

/** Frames a chart. All three are HTML already. */
export const figureOf = (title: string, svg: string, caption: string): string =>
  `<figure><h3>${title}</h3>${svg}<figcaption>${caption}</figcaption></figure>`;
