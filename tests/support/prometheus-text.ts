/**
 * Reads Prometheus' text format 0.0.4 as strictly as promtool checks it: every rule that is broken throws.
 * No package of npm does and is kept.
 * @module
 */
import assert from "node:assert/strict";

export interface Family {
  name: string;
  type: string;
  help: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const SUFFIXES: Record<string, string[]> = {
  counter: [""],
  gauge: [""],
  summary: ["_sum", "_count"],
  histogram: ["_bucket", "_sum", "_count"],
};

/** The families of a page, by name. */
export function readMetrics(text: string): Map<string, Family> {
  assert.ok(text.endsWith("\n"), "the last line ends with a line feed");
  const families = new Map<string, Family>();
  let family: Family | undefined;
  for (const line of text.split("\n").slice(0, -1)) {
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === "HELP") {
      assert.match(name, NAME);
      assert.ok(!families.has(name), `${name} comes once, with all its samples`);
      families.set(name, family = { name, type: "", help: rest, samples: [] });
    } else if (kind === "TYPE") {
      assert.equal(name, family?.name, line);
      assert.ok(rest in SUFFIXES, line);
      family!.type = rest;
    } else {
      family!.samples.push(sampleOf(line, family!));
    }
  }
  for (const one of families.values()) check(one);
  return families;
}

function sampleOf(line: string, { name: of, type }: Family): Family["samples"][number] {
  const [, name, labels, text] = SAMPLE.exec(line) ?? [];
  assert.ok(name, `a sample: ${line}`);
  assert.ok(
    SUFFIXES[type].some((suffix) => name === of + suffix),
    `${name} is of ${of}, a ${type}`,
  );
  const value = text === "+Inf" ? Infinity : Number(text);
  assert.ok(!Number.isNaN(value), line);
  return { name, labels: labelsOf(labels ?? ""), value };
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? assert.fail(`labels: ${text}`);
    assert.ok(!(name in labels) && !name.startsWith("__"), text);
    labels[name] = value.replace(/\\(.)/g, (_, one) => one === "n" ? "\n" : one);
  }
  return labels;
}

function check({ name, type, samples }: Family): void {
  assert.ok(samples.length > 0, `${name} has samples`);
  assert.equal(
    type === "counter",
    name.endsWith("_total"),
    `only a counter ends in _total: ${name}`,
  );
  const keys = samples.map(({ name, labels }) => name + JSON.stringify(labels));
  assert.equal(new Set(keys).size, keys.length, `${name} has no sample twice`);
  if (type !== "gauge") { for (const { value } of samples) assert.ok(value >= 0, name); }
  if (type === "histogram") checkBuckets(name, samples);
}

function checkBuckets(name: string, samples: Family["samples"]): void {
  const of = (suffix: string) => samples.filter((sample) => sample.name === name + suffix);
  for (const { labels, value: count } of of("_count")) {
    const own = of("_bucket").filter((bucket) =>
      Object.entries(labels).every(([label, value]) => bucket.labels[label] === value)
    );
    const bounds = own.map(({ labels: { le } }) => le === "+Inf" ? Infinity : Number(le));
    assert.equal(bounds.at(-1), Infinity, name);
    assert.equal(own.at(-1)!.value, count, `${name}: the last bucket counts all`);
    for (let i = 1; i < own.length; i++) {
      assert.ok(
        bounds[i] > bounds[i - 1] && own[i].value >= own[i - 1].value,
        `${name}: ascending`,
      );
    }
  }
}
