/**
 * Asks the ranked candidates until one answers: writes their jobs, reads what comes back, and settles the
 * payment.
 * Not its job: in which order, and whose run counts (attempts.ts).
 * @module
 */
import { ProblemError, PROBLEMS } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import { nodeObject } from "../../durable-objects/names.ts";
import type { Job, JobResult } from "../../durable-objects/node/job.ts";
import { travelAsStream } from "../../durable-objects/shared/tensor-stream.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { PriceList } from "../../mesh/billing/receipt.ts";
import { type MeshClock, meshNow, realDelay } from "../../mesh/clock.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";
import type { Reason } from "../../mesh/placement/scores.ts";
import type { Span } from "../../telemetry/span.ts";
import type { Payment } from "../billing/wallets.ts";
import { nextExecutionId } from "../idempotency/execution-id.ts";
import { retryAfter } from "../retry-after.ts";
import type { Services } from "../services.ts";
import type { SkyKeeper } from "../sky/sky-keeper.ts";
import { type Attempt, type AttemptPorts, Attempts, type Reply } from "./attempts.ts";
import { commitRun, marksNow } from "./commit-run.ts";
import { drawnTiming, passDown, passUp } from "./emulation.ts";
import { HedgeBudget, Lateness } from "./hedging.ts";
import { type InferAsk, jobOf } from "./job.ts";
import { explainAnswer } from "./explain.ts";
import { nobody, type Unserved } from "./nobody.ts";
import { countRefusal } from "./refusal-metrics.ts";
import { sendJob, type Way } from "./send-job.ts";

/** One ask, placed and paid for. */
export interface Round extends Unserved {
  constellation: Constellation;
  keeper: SkyKeeper;
  request: InferAsk;
  ranked: Candidate[];
  prices: PriceList;
  payment: Payment;
  emulate: boolean;
  /** Of thinking; null where the trace is not recorded. */
  span: Span | null;
}

const lateness = new Lateness();
const budget = new HedgeBudget();

/** What an ask is answered with. */
export type Served =
  & Pick<Extract<JobResult, { ok: true }>, "outputs" | "engine_ms" | "board">
  & {
    /** What is charged. */
    execution: Execution;
  };

/** A run that gave outputs, or that failed for good. */
type Ran = Extract<JobResult, { ok: true } | { failed: unknown }>;

/**
 * Asks one candidate after the other until one answers, and hedges a realtime ask whose node is late.
 * Each candidate's digest becomes a hint.
 * @throws ProblemError as nobody() makes it, if no candidate answers
 */
export async function askInTurn(services: Services, round: Round): Promise<Served> {
  const { payment, ranked } = round;
  const { clock } = settingsOf(services.env);
  const turn = new Turn(services, round);
  for (const { refusal, again } of ranked) if (refusal) turn.refused(refusal, again);
  const outcome = await new Attempts(turn, services.repeated)
    .make(ranked.filter(({ refusal }) => refusal === null));
  const { ran, unsure } = outcome;
  if (ran === null) {
    payment.settle(unsure ? "unknown" : "free");
    const again = realDelay(clock, turn.again - meshNow(clock, Date.now()));
    throw nobody(turn.refusals, round, again);
  }
  const { counts } = outcome;
  // If the request has run before, the ledger may have charged that run, to the lease that it had, and
  // does not charge this one: whether this lease pays, only the ledger knows.
  const billed = counts !== null || (!ran.ok && ran.billed);
  const is_unknown = services.repeated || (unsure && !counts);
  payment.settle(is_unknown ? "unknown" : billed ? "charged" : "free");
  if (!ran.ok) {
    const { failure, message } = ran.failed;
    throw new ProblemError(failure, message, {
      headers: PROBLEMS[failure].status === 503 ? retryAfter() : {},
    });
  }
  const { outputs, engine_ms, board, execution } = ran;
  if (round.span) explainAnswer(round.span, counts!, ranked);
  // Where another node's run counts, its board has measured none of this.
  const own = counts!.receipt.node === execution.receipt.node;
  return { outputs, engine_ms, board: own ? board : undefined, execution: counts! };
}

/** The attempts of one ask as they are made: jobs that go out, and what comes back. */
class Turn implements AttemptPorts<Candidate, Ran> {
  readonly refusals: Reason[] = [];
  /** When it is worth asking again, mesh clock; Infinity where nobody says so. */
  again = Infinity;
  readonly #services: Services;
  readonly #round: Round;
  readonly #id: string;
  readonly #clock: MeshClock;
  readonly #since = marksNow();
  readonly #ways = new Map<Candidate, Way>();
  readonly #began = performance.now();

  constructor(services: Services, round: Round) {
    this.#services = services;
    this.#round = round;
    this.#id = nextExecutionId(services);
    this.#clock = settingsOf(services.env).clock;
  }

  refused(refusal: Reason, again: number | null): void {
    this.refusals.push(refusal);
    this.again = Math.min(this.again, again ?? Infinity);
  }

  send = async (candidate: Candidate, attempt: Attempt): Promise<Reply<Ran>> => {
    const { keeper, request, emulate } = this.#round;
    const job = this.#jobFor(candidate, attempt);
    const way = { region: job.address.region, closed: false };
    this.#ways.set(candidate, way);
    const sent = performance.now();
    const { radio } = settingsOf(this.#services.env);
    const timing = emulate ? drawnTiming(candidate, radio, this.#id) : candidate.timing;
    if (emulate) await passUp(this.#clock, timing);
    const result = await sendJob(this.#services, job, { inputs: request.inputs, way });
    const digest = result?.digest;
    if (digest) keeper.note(this.#services.caller.tenant_id, candidate.index, digest);
    if (result && "refusal" in result && result.refusal === "no_hardware") {
      keeper.boardHasGone(candidate.index);
    }
    if (emulate) {
      const leaves = result?.ok ? result.ends : meshNow(this.#clock, Date.now());
      await passDown(this.#clock, leaves, timing, !result?.ok);
    }
    if (result?.ok) {
      const beyond_ms = performance.now() - sent - this.#promised(candidate);
      // An emulated answer is late on purpose.
      if (!emulate) lateness.note(request.spec.name, beyond_ms);
      return { ran: result, execution: result.execution };
    }
    if (result && "failed" in result) {
      return { ran: result, execution: result.execution ?? null };
    }
    const refusal = result?.refusal ?? "gone";
    countRefusal("node", refusal);
    this.#round.span?.event("refused", {
      "perigee.node": candidate.node,
      "perigee.refusal": refusal,
    });
    this.refused(refusal, digest?.refusing?.until_ms ?? null);
    return result ? "refused" : "silent";
  };

  lateAfter = (candidate: Candidate): number | null => {
    const { request, emulate } = this.#round;
    const { hedge_share } = settingsOf(this.#services.env);
    // A large body would go up twice, and emulation makes an answer late on purpose.
    const may = request.class === "realtime" && hedge_share > 0 && !emulate &&
      !travelAsStream(request.inputs);
    if (!may) return null;
    budget.ask(hedge_share);
    return this.#promised(candidate) + lateness.allowance(request.spec.name);
  };

  mayHedge = (): boolean => budget.take();

  within = async <T>(ms: number, promise: Promise<T>): Promise<T | null> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), ms);
    });
    const first = await Promise.race([promise, late]);
    clearTimeout(timer);
    return first;
  };

  commit = (first: Candidate, execution: Execution): ReturnType<typeof commitRun> => {
    const way = this.#ways.get(first)!;
    way.closed = true;
    return commitRun(this.#services, { node: first.node, region: way.region }, {
      execution,
      since: this.#services.repeated ? null : this.#since,
    });
  };

  withdraw = (candidate: Candidate): void => {
    const { env, after, log } = this.#services;
    const { region } = this.#ways.get(candidate)!;
    const node = nodeObject(env, { node: candidate.node, region });
    after(node.withdraw(this.#id).catch((error) => log.warn("A node was not told", { error })));
  };

  /** How long the candidate's own part is to take, as modelled, in real ms. */
  #promised({ timing: { wait, npu } }: Candidate): number {
    return realDelay(this.#clock, (wait + npu) * 1e3);
  }

  #jobFor(candidate: Candidate, { number, tentative }: Attempt): Job {
    const { constellation, request, ask, prices, payment, span } = this.#round;
    return jobOf({
      caller: this.#services.caller,
      request_id: this.#services.request_id,
      request,
      ask,
      candidate,
      id: this.#id,
      attempts: number,
      tentative,
      // What has passed while another node did not answer is gone of the deadline.
      passed_s: tentative ? (performance.now() - this.#began) / 1e3 * this.#clock.rate : 0,
      elements: constellation.elements(candidate.index),
      prices,
      lease_id: payment.lease_id,
      radio: settingsOf(this.#services.env).radio,
      trace: span?.headers(),
    });
  }
}
