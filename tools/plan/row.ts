/**
 * One row of a plan: coverage, stretch and throughput of a network, and how long each took to compute.
 * @module
 */
import { cpuUsage } from "node:process";
import type { Demand } from "./demand.ts";
import { type Category, type Coverage, coverageOf, type Stretch, stretchOf } from "./figures.ts";
import { flowsOver } from "./flows.ts";
import type { Net, Station } from "./net.ts";
import { greatestThroughput, type Throughput } from "./throughput.ts";

/** What is computed of one network. */
export interface Row {
  coverage: Coverage;
  stretch: Record<Category, Stretch>;
  throughput: Throughput;
  /** Of all that is wanted, 0 to 1. */
  carried: number;
  /** Pairs of which none of what they want can be carried for want of a way. */
  without_way: number;
  /** On this machine: by clock, and what of its processors' time all of that took. */
  measured: { network_s: number; ways_s: number; throughput_s: number; processor_s: number };
}

/**
 * Computes a row.
 * @param make makes the network, which counts as computing
 * @param k how many ways of each pair
 * @param tell how far it is, in words
 */
export async function rowOf(
  make: () => Net,
  { stations, demand, k, tell }: {
    stations: readonly Station[];
    demand: Demand;
    k: number;
    tell: (progress: string) => void;
  },
): Promise<Row> {
  const clock = stopwatch();
  const before = cpuUsage();
  const net = make();
  const coverage = coverageOf(net);
  const network_s = clock();
  const all = flowsOver(net, demand, {
    k,
    tell: (done) => tell(`ways to ${done + 1} of ${stations.length} stations`),
  });
  const stretch = stretchOf(all.flows, stations);
  const ways_s = clock();
  tell("the linear programme of throughput");
  const throughput = await greatestThroughput(all);
  const throughput_s = clock();
  const { user, system } = cpuUsage(before);
  const wanted = demand.reduce((sum, gbit_s) => sum + gbit_s, 0);
  return {
    coverage,
    stretch,
    throughput,
    carried: wanted > 0 ? throughput.gbit_s / wanted : 0,
    without_way: all.flows.filter(({ ways }) => ways.length === 0).length,
    measured: { network_s, ways_s, throughput_s, processor_s: (user + system) / 1e6 },
  };
}

/** @returns the seconds since it was asked last, or made */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const passed = (now - last) / 1e3;
    last = now;
    return passed;
  };
}
