/**
 * One node of a study: its NPU's line as a node's object has it (mesh/node/npu-line.ts), and the account of
 * what it spends.
 * @module
 */
import type { Reservation } from "../../mesh/node/admit.ts";
import { type Flows, noFlows } from "../../mesh/node/energy.ts";
import { type LineHardware, NpuLine } from "../../mesh/node/npu-line.ts";
import { type NodeState, npuTemperature } from "../../mesh/node/state.ts";
import type { Region } from "../../mesh/region.ts";
import {
  type EpochMs,
  type Joules,
  joules,
  type Kelvin,
  type Seconds,
  seconds,
} from "../../mesh/units.ts";
import type { StudyAsk } from "../ask.ts";
import type { NodeEnd } from "./engine-end.ts";

/** A way to a node that was ranked for an ask. */
export interface Offered {
  index: number;
  hops: number;
  length_km: number;
  light: Seconds;
  transfer: Seconds;
  /** At the radio in the mean, forwarding included. */
  access: Seconds;
}

/** An ask that a node has admitted, until its turn comes. */
export interface Waiting extends Reservation {
  /** The ask's place in the order of asks. */
  ask: number;
  asked: StudyAsk;
  attempts: number;
  way: Offered;
  /** Who would be asked next if the node lets it go. */
  rest: readonly Offered[];
  joins: boolean;
}

/** A node's account as a checkpoint has it. */
export interface SavedNode {
  index: number;
  state: NodeState;
  waiting: readonly Waiting[];
  account: AccountFigures;
}

/** What has come together of one node. */
export interface AccountFigures {
  since: EpochMs;
  battery_first: Joules;
  flows: Flows;
  battery_least: Joules;
  temperature_most: Kelvin;
  npu_temperature_most: Kelvin;
  runs: number;
  npu: Seconds;
  handovers: number;
  /** Whose the node was when it was asked last; null before the first ask. */
  region: Region | null;
}

/** Asks of one kind are alike: they join if their kind does. */
const JOINING = {
  joins: ({ joins }: Waiting) => joins,
  isMate: (one: Waiting, other: Waiting) => one.asked.kind === other.asked.kind,
  joinable: () => true,
};

/** One node that was asked. */
export class StudyNode {
  readonly index: number;
  readonly id: string;
  readonly hardware: LineHardware;
  readonly line: NpuLine<Waiting>;
  readonly figures: AccountFigures;
  /** When the engine looks at it again by itself; Infinity: it waits for nothing. */
  due: number = Infinity;

  /** @param figures of a checkpoint; missing: its account begins with `state` */
  constructor(
    { index, id, hardware, state, figures = figuresOf(state) }: {
      index: number;
      id: string;
      hardware: LineHardware;
      state: NodeState;
      figures?: AccountFigures;
    },
  ) {
    this.index = index;
    this.id = id;
    this.hardware = hardware;
    this.figures = figures;
    this.line = new NpuLine(state, hardware, JOINING, {
      flows: figures.flows,
      onPiece: (state) => watch(figures, state),
    });
  }

  /** Notes whose the node is as it is asked. */
  askedIn(region: Region): void {
    const { figures } = this;
    if (figures.region !== null && figures.region !== region) figures.handovers++;
    figures.region = region;
  }

  /** Counts a run that has begun. */
  ran(members: number, npu: Seconds): void {
    this.figures.runs += members;
    this.figures.npu = seconds(this.figures.npu + npu);
  }

  /** The account up to the state's own instant. */
  end(): NodeEnd {
    const { region: _, flows, battery_first, ...figures } = this.figures;
    const { battery } = this.line.state;
    const { solar, spilled, drawn, missing, lost } = flows;
    const off = battery - battery_first - (solar - spilled - drawn - lost + missing);
    const largest = Math.max(solar, drawn, battery_first, battery);
    return {
      ...figures,
      node: this.index,
      battery_first,
      battery_last: battery,
      flows,
      residue: largest > 0 ? Math.abs(off) / largest : 0,
    };
  }

  /** As a checkpoint has it. */
  save(): SavedNode {
    const { index, line: { state, waiting }, figures } = this;
    return { index, state, waiting, account: figures };
  }
}

const figuresOf = (state: NodeState): AccountFigures => ({
  since: state.at,
  battery_first: state.battery,
  flows: noFlows(),
  battery_least: state.battery,
  temperature_most: state.temperature,
  npu_temperature_most: npuTemperature(state),
  runs: 0,
  npu: seconds(0),
  handovers: 0,
  region: null,
});

/** Within a piece battery and heat rise or fall and do not turn: what is most and least stands at an end. */
function watch(figures: AccountFigures, state: NodeState): void {
  const { battery, temperature } = state;
  const npu = npuTemperature(state);
  if (battery < figures.battery_least) figures.battery_least = joules(battery);
  if (temperature > figures.temperature_most) figures.temperature_most = temperature;
  if (npu > figures.npu_temperature_most) figures.npu_temperature_most = npu;
}
