/**
 * A study as one page that holds all that it shows: no script, nothing from elsewhere.
 * @module
 */
import type { RunSummary } from "../run-summary.ts";
import type { ScenarioFile } from "../scenario.ts";
import { lines, type Series } from "./charts.ts";
import { colourOf, figureOf } from "./figure.ts";
import { map, mapGround, mapLegend, scaleOf } from "./map.ts";
import { nodeCharts } from "./node-charts.ts";
import { cards, termBars } from "./overview.ts";
import { STYLE } from "./style.ts";
import { count, duration, energy, escaped, figure, percent } from "./words.ts";

/** A row of the table that puts the runs beside each other. */
interface Row {
  name: string;
  text: (run: RunSummary) => string;
  /** By what the best is found; absent: no run is better than another by it. */
  best?: { of: (run: RunSummary) => number | null; is: "least" | "most" };
}

const ROWS: readonly Row[] = [
  { name: "Nodes", text: ({ nodes }) => count(nodes) },
  { name: "Asks", text: ({ asks }) => count(asks) },
  {
    name: "Served",
    text: ({ served, asks }) => percent(served, asks),
    best: { of: ({ served, asks }) => served / asks, is: "most" },
  },
  {
    name: "Within the deadline, of all asks",
    text: ({ in_time, asks }) => percent(in_time, asks),
    best: { of: ({ in_time, asks }) => in_time / asks, is: "most" },
  },
  ...(["p5", "p50", "p95", "p99"] as const).map((p): Row => ({
    name: `Time to result, ${p}`,
    text: ({ latency }) => duration(latency[p]),
    best: { of: ({ latency }) => latency[p], is: "least" },
  })),
  { name: "Ran on the ground", text: ({ on_ground, served }) => percent(on_ground, served) },
  { name: "Links between nodes, mean", text: ({ hops }) => figure(hops) },
  { name: "Ran in sunlight", text: ({ sunlit }) => percent(sunlit, 1) },
  { name: "Energy of the asks", text: ({ energy_j }) => energy(energy_j) },
  {
    name: "Of it, from batteries",
    text: ({ battery_j }) => energy(battery_j),
    best: { of: ({ battery_j, served }) => served > 0 ? battery_j : null, is: "least" },
  },
  { name: "Nodes that were asked", text: ({ fleet }) => count(fleet.asked) },
  {
    name: "Deepest discharge of a battery",
    text: ({ fleet }) => fleet.asked > 0 ? percent(fleet.depth_most, 1) : "—",
  },
  {
    name: "Hottest body",
    text: ({ fleet }) => fleet.asked > 0 ? figure(fleet.temperature_most_k - 273.15, "°C") : "—",
  },
  {
    name: "Hottest NPU",
    text: ({ fleet }) =>
      fleet.asked > 0 ? figure(fleet.npu_temperature_most_k - 273.15, "°C") : "—",
  },
  { name: "Handovers of nodes between regions", text: ({ fleet }) => count(fleet.handovers) },
  {
    name: "NPUs in use, the busiest",
    text: ({ fleet }) => fleet.asked > 0 ? percent(fleet.utilisation_most, 1) : "—",
  },
];

/**
 * Writes the page.
 * @param file the scenario that was run
 * @param runs in its order
 * @returns HTML
 */
export function reportPage(file: ScenarioFile, runs: readonly RunSummary[]): string {
  const many = runs.length > 1;
  const sections = [
    `<span class="tag">A study · every figure is modelled</span>`,
    `<h1>${escaped(file.title)}</h1>`,
    file.question && `<p class="lead">${escaped(file.question)}</p>`,
    file.conclusion && paragraphs(file.conclusion),
    cards(runs),
    `<h2>Where the time goes</h2>${termBars(runs)}`,
    many ? "<h2>Side by side</h2>" : "<h2>What it comes to</h2>",
    table(runs),
    legend(runs),
    `<h2>When and where</h2><div class="grid2">${byHour(runs)}${byLatitude(runs)}</div>`,
    runs.some(({ refusals }) => Object.keys(refusals).length > 0) ? refused(runs) : "",
    kinds(runs),
    maps(runs),
    nodeCharts(runs),
    assumptions(file, runs),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(file.title)}</title><style>${STYLE}</style></head>
<body><main>
${sections.filter((section) => section !== "").join("\n")}
</main></body></html>
`;
}

const paragraphs = (text: string): string =>
  `<div class="conclusion">${
    text.split(/\n\s*\n/).map((part) => `<p>${escaped(part)}</p>`).join("")
  }</div>`;

function table(runs: readonly RunSummary[]): string {
  const head = runs.map(({ name }) => `<th scope="col">${escaped(name)}</th>`).join("");
  const body = ROWS.map(({ name, text, best }) => {
    const values = runs.map((run) => best?.of(run) ?? null);
    const known = values.filter((value) => value !== null);
    const top = known.length < 2
      ? null
      : best!.is === "least"
      ? Math.min(...known)
      : Math.max(...known);
    const isTie = top !== null && values.every((value) => value === top);
    const cells = runs.map((run, r) =>
      `<td${top !== null && !isTie && values[r] === top ? ' class="best"' : ""}>${text(run)}</td>`
    );
    return `<tr><th scope="row">${name}</th>${cells.join("")}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="All runs, figure by figure"><table>
<thead><tr><th scope="col">Figure</th>${head}</tr></thead><tbody>${
    body.join("\n")
  }</tbody></table></div>`;
}

const legend = (runs: readonly RunSummary[]): string =>
  `<ul class="legend">${
    runs.map(({ name }, r) => `<li><i class="${colourOf(r)}"></i>${escaped(name)}</li>`).join("")
  }</ul>`;

type Parts = "hours" | "latitudes";

const seriesOf = (runs: readonly RunSummary[], parts: Parts): Series[] =>
  runs.flatMap((run, r) => [
    { name: `${run.name}, p50`, colour: colourOf(r), values: run[parts].map(({ p50 }) => p50) },
    {
      name: `${run.name}, p95`,
      colour: colourOf(r),
      values: run[parts].map(({ p95 }) => p95),
      isFaint: true,
    },
  ]);

function byHour(runs: readonly RunSummary[]): string {
  const { length } = runs[0].hours;
  const every = Math.ceil(length / 8);
  const labels = runs[0].hours.map((_, hour) => hour % every === 0 ? `${hour} h` : "");
  const title = "Time to result by hour";
  const chart = lines(seriesOf(runs, "hours"), { labels, title });
  return figureOf(title, chart, "Full: half of the asks were quicker. Broken: 95 %.");
}

function byLatitude(runs: readonly RunSummary[]): string {
  const { length } = runs[0].latitudes;
  // From the first band that anybody asks from to the last.
  const isAsked = runs[0].latitudes.map(({ asks }) => asks > 0);
  const [first, last] = [isAsked.indexOf(true), isAsked.lastIndexOf(true)];
  if (first < 0) return "";
  const labels = Array.from({ length: last + 1 - first }, (_, band) => {
    const lat = (first + band) * 180 / length - 90;
    return lat % 20 === 0 ? `${Math.abs(lat)}°${lat < 0 ? "S" : lat > 0 ? "N" : ""}` : "";
  });
  const title = "Time to result by latitude";
  const series = seriesOf(runs, "latitudes").map((one) => ({
    ...one,
    values: one.values.slice(first, last + 1),
  }));
  const chart = lines(series, { labels, title });
  return figureOf(
    title,
    chart,
    "In bands of ten degrees, each by its southern edge. All kinds of asks together: where they differ much, " +
      "a half may turn from one kind to another between bands.",
  );
}

function refused(runs: readonly RunSummary[]): string {
  const reasons = [...new Set(runs.flatMap(({ refusals }) => Object.keys(refusals)))].sort();
  const head = reasons.map((reason) => `<th scope="col">${escaped(reason)}</th>`).join("");
  const body = runs.map(({ name, refusals, asks }) =>
    `<tr><th scope="row">${escaped(name)}</th>${
      reasons.map((reason) => `<td>${percent(refusals[reason] ?? 0, asks)}</td>`).join("")
    }</tr>`
  );
  return `<h2>Refused, by reason</h2><div class="scroll" tabindex="0" role="region" aria-label="Refusals">
<table><thead><tr><th scope="col">Run</th>${head}</tr></thead><tbody>${
    body.join("")
  }</tbody></table></div>`;
}

function kinds(runs: readonly RunSummary[]): string {
  if (runs[0].kinds.length < 2) return "";
  const rows = runs[0].kinds.map(({ name }, k) =>
    `<tr><th scope="row">${escaped(name)}</th>${
      runs.map(({ kinds }) =>
        `<td>${duration(kinds[k].p50)}</td><td>${percent(kinds[k].served, kinds[k].asks)}</td>`
      ).join("")
    }</tr>`
  );
  const head = runs.map(({ name }) =>
    `<th scope="col">${escaped(name)}, p50</th><th scope="col">served</th>`
  ).join("");
  return `<h2>By kind of ask</h2><div class="scroll" tabindex="0" role="region" aria-label="Kinds of asks">
<table><thead><tr><th scope="col">Kind</th>${head}</tr></thead><tbody>${
    rows.join("")
  }</tbody></table></div>`;
}

function maps(runs: readonly RunSummary[]): string {
  if (runs.every(({ cells }) => cells.asks.every((asks) => asks === 0))) return "";
  const scale = scaleOf(runs);
  const each = runs.map((run) =>
    figureOf(escaped(run.name), map(run, scale), "The larger a dot, the more was asked there.")
  );
  return `<h2>Where it is quick</h2>${mapGround()}${mapLegend(scale)}<div class="grid2">${
    each.join("")
  }</div>`;
}

function assumptions(file: ScenarioFile, runs: readonly RunSummary[]): string {
  const { asks, stands_for, hours, from, seed, people_min, around_km } = file;
  const sentences = [
    `${count(asks)} asks in ${figure(hours)} hours from ${from}` +
    (stands_for > 1 ? `; each stands for ${count(stands_for)} of a planet's` : "") +
    `, drawn with seed ${seed}.` +
    (stands_for > 1
      ? " Those that it stands for do not queue, warm or discharge anything: waits, heat, energy and " +
        "utilisation are of the asks drawn."
      : ""),
    `People ask where they live, by GeoNames' populations of cities from ${
      count(people_min)
    } up and ` +
    `within ${figure(around_km)} km of them, by the hour of their solar time.`,
    "Placement and admission are the mesh's own code; orbits are SGP4's; energy and heat are conserved " +
    `for each node to ${
      Math.max(...runs.map(({ fleet }) => fleet.residue_most)).toExponential(0)
    }.`,
    "Light takes the straight way. Under the radio profile light nothing is added to it for frames, grants, " +
    "stalls and slots, so real round trips are longer; under another each ask's wait at the radio is drawn.",
  ];
  const each = runs.map(({ name, facts, digest }) =>
    `<h3>${escaped(name)}</h3><ul class="facts">${
      facts.map((fact) => `<li>${escaped(fact)}</li>`).join("")
    }</ul><p class="digest">Digest of all outcomes: ${escaped(digest)}</p>`
  );
  return `<h2>What was assumed</h2><ul class="facts">${
    sentences.map((sentence) => `<li>${escaped(sentence)}</li>`).join("")
  }</ul>${each.join("")}`;
}
