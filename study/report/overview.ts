/**
 * What a reader sees first: each run in a few large figures, and of what its time is made.
 * @module
 */
import type { RunSummary } from "../run-summary.ts";
import { colourOf } from "./figure.ts";
import { duration, energy, escaped, percent } from "./words.ts";

const TERMS = [
  ["light", "light"],
  ["fibre", "fibre"],
  ["transfer", "transfer"],
  ["wait", "waiting"],
  ["npu", "computing"],
  ["access", "radio"],
] as const;
const WIDTH = 1_000;
const HEIGHT = 16;

/**
 * A card for each run: half of its answers, then 95 % of them, what was served, what batteries gave, and half
 * of the answers of each kind.
 */
export const cards = (runs: readonly RunSummary[]): string =>
  `<div class="cards">${
    runs.map(({ name, latency, served, asks, kinds, battery_j, fleet }, r) => {
      const battery = fleet.asked > 0 ? `<p>${energy(battery_j)} from batteries</p>` : "";
      const each = kinds.map(({ name, p50 }) =>
        `<li><span>${escaped(name)}</span><span>${duration(p50)}</span></li>`
      );
      const byKind = kinds.length > 1 ? `<ul>${each.join("")}</ul>` : "";
      return `<div class="card ${colourOf(r)}"><h3>${escaped(name)}</h3><p class="big">${
        duration(latency.p50)
      }</p><p>half of the answers within; 95 % within ${duration(latency.p95)}</p><p>${
        percent(served, asks)
      } served</p>${battery}${byKind}</div>`;
    }).join("")
  }</div>`;

/** A bar for each run, as long as its mean time to result beside the others', in the colours of the terms. */
export function termBars(runs: readonly RunSummary[]): string {
  const sums = runs.map(({ terms }) => TERMS.reduce((sum, [term]) => sum + terms[term], 0));
  const most = Math.max(1e-12, ...sums);
  const rows = runs.map(({ name, terms }, r) => {
    let x = 0;
    const rects = TERMS.map(([term, text], t) => {
      const width = terms[term] / most * WIDTH;
      x += width;
      return width === 0
        ? ""
        : `<rect class="t${t}" x="${(x - width).toFixed(1)}" y="0" width="${
          width.toFixed(1)
        }" height="${HEIGHT}"><title>${text}: ${duration(terms[term])}</title></rect>`;
    });
    const label = TERMS.map(([term, text]) => `${text} ${duration(terms[term])}`).join(", ");
    return `<span class="name">${
      escaped(name)
    }</span><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${
      escaped(`${name}: ${label}`)
    }">${rects.join("")}</svg><span>${duration(sums[r])}</span>`;
  });
  return `<div class="terms">${rows.join("")}</div>${termLegend()}${termTable(runs)}`;
}

const termLegend = (): string =>
  `<ul class="legend">${
    TERMS.map(([, text], t) => `<li><i class="t${t}"></i>${text}</li>`).join("")
  }</ul>`;

const termTable = (runs: readonly RunSummary[]): string =>
  `<div class="scroll" tabindex="0" role="region" aria-label="Mean time to result, term by term"><table>
<thead><tr><th scope="col">Mean of what was served</th>${
    TERMS.map(([, text]) => `<th scope="col">${text}</th>`).join("")
  }</tr></thead><tbody>${
    runs.map(({ name, terms }) =>
      `<tr><th scope="row">${escaped(name)}</th>${
        TERMS.map(([term]) => `<td>${duration(terms[term])}</td>`).join("")
      }</tr>`
    ).join("")
  }</tbody></table></div>`;
