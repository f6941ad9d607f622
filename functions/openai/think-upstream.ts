/**
 * From an ask of a language model to its answer: places the ask as any other, reserves the most that it
 * may cost, and sends it to the candidates in turn until one admits it.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import type { Job } from "../../durable-objects/node/job.ts";
import type {
  UpstreamAsk,
  UpstreamFailed,
} from "../../durable-objects/node/upstream/upstream-job.ts";
import type { JsonObject } from "../../inference/upstream/upstream.ts";
import type { Execution } from "../../ledger/execution.ts";
import { tokenCharge } from "../../mesh/billing/tokens.ts";
import { meshNow, realDelay } from "../../mesh/clock.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Ask } from "../../mesh/placement/ask.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";
import type { Reason } from "../../mesh/placement/scores.ts";
import type { PriceList } from "../../mesh/billing/receipt.ts";
import type { Span } from "../../telemetry/span.ts";
import { giveBack, pay, type Payment } from "../billing/wallets.ts";
import { pricesFor } from "../billing/price-lists.ts";
import { executionId, nextExecutionId } from "../idempotency/execution-id.ts";
import { drawnTiming, emulatesLatency, passDown, passUp } from "../infer/emulation.ts";
import { explainAnswer, explainRanking } from "../infer/explain.ts";
import { jobOf } from "../infer/job.ts";
import { nobody, nobodyNow } from "../infer/nobody.ts";
import { countRefusal } from "../infer/refusal-metrics.ts";
import { almanacAccess, placeOf } from "../params/origin.ts";
import { checkedPolicy } from "../params/policy.ts";
import { retryAfterMs } from "../retry-after.ts";
import type { Services } from "../services.ts";
import { constellationOf } from "../sky/constellation-source.ts";
import { measurePlacement } from "../sky/placement-timer.ts";
import { type SkyKeeper, skyKeeper } from "../sky/sky-keeper.ts";
import { sendTokens, type SentJob } from "./send-tokens.ts";
import { preferring, SessionNodes } from "./session-nodes.ts";
import { askOf, type TokensRequest, upstreamAskOf } from "./tokens-request.ts";
import { UpstreamStream } from "./upstream-stream.ts";

/** An answer whose first byte is there. */
export type TokensAnswer =
  | { is: "whole"; body: JsonObject; execution: Execution }
  | { is: "stream"; stream: UpstreamStream };

const sessions = new SessionNodes();

/**
 * Has a language model answer on the first of the ranked nodes that admits the ask.
 * @throws ProblemError as think() does, and `engine_unavailable` or `invalid_request` with what the engine
 *   says
 */
export async function thinkUpstream(
  services: Services,
  request: TokensRequest,
): Promise<TokensAnswer> {
  const { env, timing } = services;
  const { clock } = settingsOf(env);
  const emulate = emulatesLatency(services);
  const constellation = await constellationOf(services);
  const keeper = skyKeeper(constellation);
  const upstream = upstreamAskOf(request);
  const place = placeOf(request.origin, constellation);
  const access = almanacAccess(services, place);
  const ask: Ask = {
    ...askOf(request, upstream),
    at: meshNow(clock, Date.now()),
    origin: place,
    policy: checkedPolicy(request.policy, constellation),
  };
  const last = sessions.last(request.session, request.model.name, Date.now());
  const { ranked, kept } = await timing.measure("place", async (span) => {
    const sky = await keeper.at(access, ask.at);
    const candidates = measurePlacement(() => keeper.placer.rank(ask, sky));
    if (span) explainRanking(span, candidates);
    // A catalogue may have lost the node.
    const index = last === null ? -1 : constellation.indexOf(last);
    const above = index < 0 ? null : keeper.placer.straight(index, ask, sky);
    return {
      ranked: candidates,
      kept: candidates.find((candidate) => candidate.index === index) ?? above,
    };
  });
  for (const { refusal } of ranked) if (refusal !== null) countRefusal("ranking", refusal);
  services.after(keeper.upkeep(access));
  const preferred = preferring(ranked, kept);
  if (preferred.every(({ refusal }) => refusal !== null)) {
    giveBack(services);
    throw nobodyNow(ranked, { ask, hardware: null }, clock);
  }
  const prices = await pricesFor(services, ask.at);
  const keeps = preferred[0]?.node === last;
  const round = {
    constellation,
    keeper,
    request,
    upstream,
    ask,
    ranked: preferred,
    keeps,
    prices,
    emulate,
  };
  return await timing.measure("think", (span) => askInTurn(services, { ...round, span }));
}

interface Round {
  constellation: Constellation;
  keeper: SkyKeeper;
  request: TokensRequest;
  upstream: UpstreamAsk;
  ask: Ask;
  ranked: Candidate[];
  /** Whether the first of them answered the ask's session last. */
  keeps: boolean;
  prices: PriceList;
  emulate: boolean;
  /** Of thinking; null where the trace is not recorded. */
  span: Span | null;
}

/**
 * Asks one candidate after the other until one answers. A node that did not say what it did may have had
 * its engine answer, and bills that: the next node is asked under another id, paid for by itself.
 */
async function askInTurn(services: Services, round: Round): Promise<TokensAnswer> {
  const { keeper, ranked, upstream, request, span } = round;
  const { session, model } = request;
  const refused = ({ node }: Candidate, refusal: Reason) => {
    countRefusal("node", refusal);
    span?.event("refused", { "perigee.node": node, "perigee.refusal": refusal });
    refusals.push(refusal);
  };
  const { clock, radio } = settingsOf(services.env);
  const units = tokenCharge(upstream.reserved, request.model);
  const refusals: Reason[] = [];
  let [again, attempts] = [Infinity, 0];
  let payment = await pay(services, units);
  let [id, streams] = [firstId(services, request), false];
  try {
    for (const candidate of ranked) {
      if (services.left?.aborted) break;
      if (candidate.refusal) {
        refusals.push(candidate.refusal);
        again = Math.min(again, candidate.again ?? Infinity);
        continue;
      }
      attempts++;
      const job = tokensJob(services, round, { id, candidate, attempts, payment });
      const timing = round.emulate ? drawnTiming(candidate, radio, id) : candidate.timing;
      if (round.emulate) await passUp(clock, timing);
      const sent = await sendTokens(services, { job, upstream, payment });
      if (round.emulate) {
        // Of a stream the first byte arrives: the others follow as the engine writes them.
        const isLight = !sent?.result.ok || "lines" in sent.result;
        await passDown(clock, meshNow(clock, Date.now()), timing, isLight);
      }
      if (!sent) {
        payment.settle("unknown");
        payment = await pay(services, units);
        id = nextExecutionId(services);
        refused(candidate, "gone");
        continue;
      }
      const { digest } = sent.result;
      if (digest) keeper.note(services.caller.tenant_id, candidate.index, digest);
      if (sent.result.ok) {
        streams = "lines" in sent.result;
        sessions.note(session, model.name, { node: candidate.node, now_ms: Date.now() });
        if (session !== null) {
          span?.set({ "perigee.session_kept": round.keeps && candidate === ranked[0] });
        }
        if (span) explainAnswer(span, sent.result.execution, ranked, streams);
        return answered(services, payment, sent);
      }
      if ("failed" in sent.result) {
        payment.settle("free");
        throw engineProblem(sent.result.failed);
      }
      refused(candidate, sent.result.refusal);
      if (digest?.refusing) again = Math.min(again, digest.refusing.until_ms);
    }
    payment.settle("free");
    const again_ms = realDelay(clock, again - meshNow(clock, Date.now()));
    throw nobody(refusals, { ask: round.ask, hardware: null }, again_ms);
  } finally {
    // A stream is settled at its end; what has been settled by now stays so.
    if (!streams) payment.settle("unknown");
  }
}

/** A stream that is asked again under its Idempotency-Key sends its tokens anew: it is another execution. */
const firstId = (services: Services, { stream }: TokensRequest): string =>
  services.repeated && stream ? executionId(Date.now()) : nextExecutionId(services);

function tokensJob(
  services: Services,
  { constellation, request, ask, prices, span }: Round,
  { id, candidate, attempts, payment }: {
    id: string;
    candidate: Candidate;
    attempts: number;
    payment: Payment;
  },
): Job {
  const { caller, request_id } = services;
  const { model, origin, policy, objective } = request;
  const spec = { name: model.name, version: model.kind, uploaded: null };
  return jobOf({
    caller,
    request_id,
    request: { spec, origin, policy, objective },
    ask,
    candidate,
    id,
    attempts,
    tentative: false,
    passed_s: 0,
    trace: span?.headers() ?? services.traceHeaders(),
    elements: constellation.elements(candidate.index),
    prices,
    lease_id: payment.lease_id,
    radio: settingsOf(services.env).radio,
  });
}

function answered(
  services: Services,
  payment: Payment,
  { address, result }: SentJob,
): TokensAnswer {
  if (!result.ok) throw new Error("Only an answer is one");
  const { execution } = result;
  if ("lines" in result) {
    const stream = new UpstreamStream(services, { ...result, address, payment });
    return { is: "stream", stream };
  }
  // As think() has it: whether this run or the one before is charged, only the ledger knows.
  const outcome = services.repeated ? "unknown" : "charged";
  payment.settle(outcome, execution.receipt.charge_microcredits);
  return { is: "whole", body: JSON.parse(result.body) as JsonObject, execution };
}

/** What an engine's failure is to the caller. */
export function engineProblem({ fault, message, retry_after_ms = 2_000 }: UpstreamFailed) {
  const headers: Record<string, string> = fault === "invalid_request"
    ? {}
    : Number.isFinite(retry_after_ms)
    ? retryAfterMs(retry_after_ms)
    : { "x-should-retry": "false" };
  return new ProblemError(fault, message, { headers });
}
