/**
 * Takes the asks of a run through the mesh's own placement and admission, on the mesh clock alone.
 *
 * As an isolate does (functions/infer/ask-in-turn.ts): the candidates are ranked, up to eight are asked in
 * turn, and the digest of each that answers becomes a hint. As a node's object does
 * (durable-objects/node/npu.ts): it comes to now, admits or refuses, and an ask waits for its turn. Nothing
 * is drawn by lot, and one ask is taken after the other, so the same run and asks come to the same digest.
 * Not its job: where asks come from, what is told of them (outcomes.ts), and what is made of that.
 * @module
 */
import { launchedModels } from "../../models/launched.ts";
import type { Refusal } from "../../mesh/node/admit.ts";
import { digestOf } from "../../mesh/node/digest.ts";
import type { LineTurn } from "../../mesh/node/npu-line.ts";
import type { HardwareProfile } from "../../mesh/node/profile.ts";
import type { Resident } from "../../mesh/node/residency.ts";
import { type NodeState, untouched } from "../../mesh/node/state.ts";
import { remembered } from "../../mesh/orbit/remembered-sunlight.ts";
import { sunlightOf } from "../../mesh/orbit/sunlight.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import { prospect, type Way } from "../../mesh/placement/candidate.ts";
import { Hints, type OutOfService } from "../../mesh/placement/hints.ts";
import type { Sky } from "../../mesh/placement/sky.ts";
import type { Physics } from "../../mesh/placement/timing.ts";
import { ratesAmong } from "../../mesh/radio/beam-rates.ts";
import { regionBelow } from "../../mesh/region.ts";
import { slotInstant, slotNumber } from "../../mesh/tenure.ts";
import { type EpochMs, epochMs, seconds } from "../../mesh/units.ts";
import type { StudyAsk } from "../ask.ts";
import type { Outcome, OutcomeSink, StudyRefusal } from "../outcome.ts";
import type { Run } from "../run.ts";
import { type Checkpoint, CHECKPOINT_VERSION } from "./checkpoint.ts";
import { DueNodes } from "./due-nodes.ts";
import type { EngineEnd } from "./engine-end.ts";
import { type FaultEdge, faultEdges } from "./fault-edges.ts";
import { OutcomeDigest } from "./outcome-digest.ts";
import { groundOutcome, nodeOutcomes, refusedOutcome } from "./outcomes.ts";
import { groundOf, type StudyGround } from "./ground.ts";
import { type Rule, ruleOf } from "./rules.ts";
import { type Offered, StudyNode, type Waiting } from "./study-node.ts";
import { type WhereaboutsAt, whereaboutsOf } from "./whereabouts.ts";

// As an object's clock, which counts milliseconds: a run that is due within one begins now.
const GRAIN_MS = 1;
// Isolates look for hints that say nothing any more behind their answers; here that is this often.
const FORGET_EVERY_MS = 10_000;

/** An ask under way: who has been asked, and what they said. */
interface Asking {
  number: number;
  asked: StudyAsk;
  ask: Ask;
  attempts: number;
  refusal: StudyRefusal | null;
}

/** One run, ask by ask. */
export class Engine {
  readonly #run: Run;
  readonly #sink: OutcomeSink;
  /** Null: no node thinks. */
  readonly #rule: Rule | null;
  /** Null: nothing goes there. */
  readonly #ground: StudyGround | null;
  readonly #whereaboutsAt: WhereaboutsAt;
  readonly #physics: Physics;
  readonly #launched: (profile: HardwareProfile) => readonly Resident[];
  readonly #edges: readonly FaultEdge[];
  readonly #hints = new Hints();
  readonly #nodes = new Map<number, StudyNode>();
  readonly #due = new DueNodes();
  readonly #failed = new Map<number, OutOfService>();
  #digest = new OutcomeDigest();
  #asks = 0;
  /** How many edges of faults lie behind. */
  #edge = 0;
  #now: EpochMs;
  #forgot: number;
  readonly #xyz = new Float64Array(3);

  /**
   * @param sink gets every outcome, once it is final
   * @throws RangeError for a fault of a node that does not exist, or that ends before it begins
   */
  constructor(run: Run, sink: OutcomeSink) {
    this.#run = run;
    this.#sink = sink;
    const isGround = run.placement === "ground_only";
    this.#rule = run.placement === "ground_only" ? null : ruleOf(run.placement);
    this.#ground = isGround ? groundOf(run.constellation) : null;
    this.#whereaboutsAt = whereaboutsOf(run.constellation);
    this.#launched = run.launched ?? launchedModels;
    const { profiles, radio } = run;
    const rates = radio ? ratesAmong(radio) : run.rates;
    this.#physics = { profiles, rates, ...(radio && { radio }), launched: this.#launched };
    this.#edges = faultEdges(run);
    this.#now = run.from;
    this.#forgot = run.from;
  }

  /**
   * Takes up a run where a checkpoint left it.
   * @param run the very run of which it was saved: nothing of it is in the checkpoint
   * @throws RangeError for a checkpoint of another form
   */
  static load(run: Run, sink: OutcomeSink, checkpoint: Checkpoint): Engine {
    if (checkpoint.v !== CHECKPOINT_VERSION) {
      throw new RangeError(
        `Cannot load a checkpoint of version ${checkpoint.v}: must be ${CHECKPOINT_VERSION}`,
      );
    }
    const engine = new Engine(run, sink);
    engine.#restore(checkpoint);
    return engine;
  }

  /** How many asks it has taken. */
  get asks(): number {
    return this.#asks;
  }

  /**
   * Takes the next ask: what becomes of it goes to the sink, now or once its turn has come.
   * @throws RangeError if it sets out before the one before it or outside the run, or is of no kind
   */
  ask(asked: StudyAsk): void {
    const { at, kind } = asked;
    if (!(at >= this.#now && at < this.#run.until)) {
      throw new RangeError(`Cannot ask at ${at}: must be ${this.#now}..${this.#run.until}`);
    }
    if (!(kind in this.#run.kinds)) {
      throw new RangeError(`Cannot ask of kind ${kind}: there is none`);
    }
    this.#comeTo(at);
    if (!this.#rule) return this.#askGround(asked);
    const asking: Asking = {
      number: this.#asks++,
      asked,
      ask: this.#askOf(asked),
      attempts: 0,
      refusal: null,
    };
    this.#askInTurn(asking, this.#rule.ways(asking.ask, this.#skyAt(at)));
  }

  /** Runs all that waits, and accounts for every node up to the end. */
  finish(): EngineEnd {
    this.#comeTo(Infinity);
    let until: number = this.#run.until;
    for (const { line: { state } } of this.#nodes.values()) {
      until = Math.max(until, state.work.at(-1)?.until ?? 0);
    }
    const nodes = [...this.#nodes.values()]
      .sort((a, b) => a.index - b.index)
      .map((node) => {
        node.line.advanceTo(epochMs(until));
        return node.end();
      });
    return {
      digest: this.#digest.value(),
      asks: this.#asks,
      until: epochMs(until),
      nodes,
      residue_most: nodes.reduce((most, { residue }) => Math.max(most, residue), 0),
    };
  }

  /** All that load() needs, as plain JSON. Changes nothing. */
  save(): Checkpoint {
    return {
      v: CHECKPOINT_VERSION,
      asks: this.#asks,
      now: this.#now,
      forgot: this.#forgot,
      edge: this.#edge,
      digest: this.#digest.save(),
      hints: [...this.#hints.all()],
      nodes: [...this.#nodes.values()].map((node) => node.save()),
    };
  }

  #restore({ asks, now, forgot, edge, digest, hints, nodes }: Checkpoint): void {
    this.#asks = asks;
    this.#now = now;
    this.#forgot = forgot;
    this.#digest = new OutcomeDigest(digest);
    for (const [index, said] of hints) this.#hints.note(index, said);
    for (; this.#edge < edge; this.#edge++) this.#takeEdge(this.#edges[this.#edge]);
    this.#hints.outOfService = this.#failed;
    for (const { index, state, waiting, account } of nodes) {
      const node = this.#made(index, state, account);
      for (const one of waiting) node.line.add(one);
      this.#plan(node);
    }
  }

  /** Lets all happen that happens before an instant: faults, and turns that come. */
  #comeTo(at: number): void {
    for (;;) {
      const fault = this.#edge < this.#edges.length ? this.#edges[this.#edge].at : Infinity;
      const due = this.#due.first;
      const next = Math.min(fault, due);
      if (!(next <= at) || next === Infinity) break;
      this.#now = epochMs(Math.max(this.#now, next));
      if (fault <= due) this.#fault();
      else {
        const node = this.#nodes.get(this.#due.take())!;
        // One that was looked at since stands in the heap for another instant too.
        if (node.due === due) this.#bring(node, epochMs(due));
      }
    }
    if (at === Infinity) return;
    this.#now = epochMs(at);
    if (at - this.#forgot < FORGET_EVERY_MS) return;
    this.#forgot = at;
    this.#hints.forget(at);
  }

  #fault(): void {
    const edge = this.#edges[this.#edge++];
    this.#takeEdge(edge);
    this.#hints.outOfService = new Map(this.#failed);
    if (!edge.fails) return;
    for (const index of edge.nodes) {
      const node = this.#nodes.get(index);
      if (!node) continue;
      this.#bring(node, edge.at);
      node.due = Infinity;
      // As in a mesh: who waited is refused, and the next candidate is asked.
      for (const waiting of node.line.clear()) {
        const { ask: number, asked, attempts, rest } = waiting;
        const asking = {
          number,
          asked,
          ask: this.#askOf(asked),
          attempts,
          refusal: "gone" as const,
        };
        this.#note(node, "gone");
        this.#askOn(asking, rest);
      }
    }
  }

  #takeEdge({ fails, nodes }: FaultEdge): void {
    for (const index of nodes) {
      if (fails) this.#failed.set(index, "failed");
      else this.#failed.delete(index);
    }
  }

  #askInTurn(asking: Asking, ways: readonly Way[]): void {
    const { ask } = asking;
    const sky = this.#skyAt(ask.at);
    for (let w = 0; w < ways.length; w++) {
      const offered = this.#offered(ways[w], asking, sky);
      if (!offered) continue;
      const rest = () => ways.slice(w + 1).flatMap((way) => this.#offered(way, asking, sky) ?? []);
      if (this.#offer(asking, offered, rest)) return;
    }
    this.#nobody(asking);
  }

  /** Asks those that were ranked behind a node that let the ask go. */
  #askOn(asking: Asking, rest: readonly Offered[]): void {
    for (let r = 0; r < rest.length; r++) {
      if (this.#offer(asking, rest[r], () => rest.slice(r + 1))) return;
    }
    this.#nobody(asking);
  }

  /** @returns null for a node that is known to refuse */
  #offered(way: Way, asking: Asking, sky: Sky): Offered | null {
    const { refusal, length, timing } = prospect(way, { ask: asking.ask, sky });
    if (refusal !== null && !this.#rule?.blind) {
      asking.refusal ??= refusal;
      return null;
    }
    return {
      index: way.index,
      hops: way.path.length - 1,
      length_km: length,
      light: timing.light,
      transfer: timing.transfer,
      access: timing.access,
    };
  }

  /**
   * Asks one node.
   * @param rest who would be asked next
   * @returns whether it took the ask
   */
  #offer(asking: Asking, way: Offered, rest: () => readonly Offered[]): boolean {
    const node = this.#nodeOf(way.index);
    node.askedIn(this.#regionOf(way.index));
    asking.attempts++;
    const refused = this.#take(node, asking, way, rest);
    if (refused === null) return true;
    asking.refusal ??= refused;
    this.#note(node, refused);
    return false;
  }

  #take(
    node: StudyNode,
    { number, asked, ask, attempts }: Asking,
    way: Offered,
    rest: () => readonly Offered[],
  ): Refusal | null {
    if (this.#failed.has(node.index)) return "gone";
    this.#bring(node, this.#now);
    const admitted = node.line.admit({
      id: String(number),
      class: ask.class,
      operations: ask.operations,
      model: { model: ask.model, bytes: ask.memory_bytes },
      load_bytes: ask.load_bytes,
      within: seconds(
        ask.deadline_ms === null
          ? Infinity
          : ask.deadline_ms / 1e3 - way.light - way.transfer - way.access,
      ),
    });
    if (!admitted.ok) return admitted.refusal;
    const joins = this.#run.kinds[asked.kind].joins ?? false;
    const waiting: Waiting = {
      ...admitted.reservation,
      ask: number,
      asked,
      attempts,
      way,
      rest: [],
      joins,
    };
    // Only what fails lets an ask go.
    if (this.#edge < this.#edges.length && waiting.starts > this.#now) waiting.rest = rest();
    node.line.add(waiting);
    this.#bring(node, this.#now);
    return null;
  }

  /** Brings a node to now: begins every run that is due, and plans when to look at it again. */
  #bring(node: StudyNode, now: EpochMs): void {
    const { line } = node;
    const turns: LineTurn<Waiting>[] = [];
    for (let next = line.next(); next && next.starts <= now + GRAIN_MS; next = line.next()) {
      turns.push(line.begin(next));
    }
    line.advanceTo(now);
    this.#plan(node);
    if (turns.length === 0) return;
    for (const turn of turns) this.#began(node, turn);
    this.#note(node);
  }

  #plan(node: StudyNode): void {
    const due = node.line.next()?.starts ?? Infinity;
    if (due === node.due) return;
    node.due = due;
    if (due < Infinity) this.#due.add(due, node.index);
  }

  #began(node: StudyNode, turn: LineTurn<Waiting>): void {
    node.ran(turn.members.length, turn.run);
    for (const outcome of nodeOutcomes(node, turn, this.#run.radio)) this.#tell(outcome);
  }

  #askGround(asked: StudyAsk): void {
    const ask = this.#askOf(asked);
    const number = this.#asks++;
    const found = this.#ground!(ask, this.#skyAt(ask.at));
    if (found) this.#tell(groundOutcome(number, asked, found, this.#run.radio));
    else this.#nobody({ number, asked, ask, attempts: 0, refusal: null });
  }

  #nobody({ number, asked, attempts, refusal }: Asking): void {
    this.#tell(refusedOutcome(number, asked, { attempts, refusal }));
  }

  #tell(outcome: Outcome): void {
    this.#digest.take(outcome);
    this.#sink(outcome);
  }

  /** A node's answer comes with its digest, which is a hint from then on. */
  #note({ index, id, line: { state, waiting }, hardware }: StudyNode, refused?: Refusal): void {
    this.#hints.note(index, digestOf(id, state, waiting, hardware, refused));
  }

  #nodeOf(index: number): StudyNode {
    const known = this.#nodes.get(index);
    if (known) return known;
    return this.#made(index, null);
  }

  /** @param saved of a checkpoint; null: nobody has touched the node before now */
  #made(index: number, saved: NodeState | null, figures?: StudyNode["figures"]): StudyNode {
    const { constellation, profiles } = this.#run;
    const profile = profiles.of(constellation, index);
    const sunlight = remembered(sunlightOf(constellation.elements(index)));
    const state = saved ?? untouched(this.#now, profile, sunlight, this.#launched(profile));
    const hardware = { profile, sunlight };
    const node = new StudyNode({ index, id: constellation.id(index), hardware, state, figures });
    this.#nodes.set(index, node);
    return node;
  }

  #regionOf(index: number) {
    const xyz = this.#xyz;
    const slot = slotInstant(slotNumber(this.#now));
    this.#whereaboutsAt(this.#now).almanac.at(slot).position(index, xyz);
    return regionBelow({ x: xyz[0], y: xyz[1], z: xyz[2] });
  }

  #skyAt(at: EpochMs): Sky {
    const { almanac, finder } = this.#whereaboutsAt(at);
    return { almanac, finder, hints: this.#hints, physics: this.#physics };
  }

  #askOf({ at, origin, kind }: StudyAsk): Ask {
    const { elevation_mask, kinds } = this.#run;
    const one = kinds[kind];
    return {
      at,
      origin,
      operations: one.operations,
      model: one.model,
      memory_bytes: one.memory_bytes,
      load_bytes: one.load_bytes,
      bytes_up: one.bytes_up,
      bytes_down: one.bytes_down,
      deadline_ms: one.deadline_ms,
      class: one.class,
      elevation_mask,
      policy: null,
      objective: this.#rule?.objective,
    };
  }
}
