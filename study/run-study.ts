/**
 * Takes one run of a scenario through its demand, minute by minute.
 * @module
 */
import { Engine } from "./engine/engine.ts";
import { loadRun, saveRun } from "./progress.ts";
import type { RunSummary } from "./run-summary.ts";
import type { Scenario } from "./scenario.ts";
import { Tally } from "./tally.ts";

const MINUTES_PER_HOUR = 60;

/** How a run is to be taken. */
export interface Way {
  /** The run's place in the scenario. */
  run: number;
  /** Names the scenario: what a checkpoint of another one says is not taken up. */
  of: string;
  /** Where each hour of the run is kept; null: nowhere. */
  checkpoint: string | null;
  /** Whether a run that was cut off goes on from there. */
  resume: boolean;
  /** Told after every minute of demand, how many asks have been taken. */
  each: (asks: number) => void;
}

/**
 * Runs it to its end.
 * @returns what it comes to
 * @throws RangeError as Engine does
 */
export async function runStudy(scenario: Scenario, way: Way): Promise<RunSummary> {
  const { demand } = scenario;
  const { name, facts, run } = scenario.runs[way.run];
  const of = `${way.of} ${way.run}`;
  const saved = way.resume && way.checkpoint ? await loadRun(way.checkpoint, of) : null;
  const tally = new Tally(run, saved?.tally);
  const engine = saved ? Engine.load(run, tally.take, saved.engine) : new Engine(run, tally.take);
  for (let minute = saved?.minute ?? 0; minute < demand.minutes; minute++) {
    for (const ask of demand.asks(minute, run.constellation.count)) engine.ask(ask);
    way.each(engine.asks);
    const isHour = (minute + 1) % MINUTES_PER_HOUR === 0 && minute + 1 < demand.minutes;
    if (!isHour || way.checkpoint === null) continue;
    await saveRun(way.checkpoint, {
      of,
      minute: minute + 1,
      engine: engine.save(),
      tally: tally.save(),
    });
  }
  return tally.summary(name, facts, engine.finish());
}
