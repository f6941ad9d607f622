/**
 * Asks the ranked candidates in turn until one answers.
 * @module
 */
import { ProblemError, PROBLEMS } from "../../contract/problem.ts";
import { settingsOf } from "../../contract/settings.ts";
import type { JobResult } from "../../durable-objects/node/job.ts";
import type { PriceList } from "../../mesh/billing/receipt.ts";
import { meshNow, realDelay } from "../../mesh/clock.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";
import type { Reason } from "../../mesh/placement/scores.ts";
import type { Payment } from "../billing/wallets.ts";
import { nextExecutionId } from "../idempotency/execution-id.ts";
import { retryAfter } from "../retry-after.ts";
import type { Services } from "../services.ts";
import type { SkyKeeper } from "../sky/sky-keeper.ts";
import { passDown, passUp } from "./emulation.ts";
import { type InferAsk, jobOf } from "./job.ts";
import { nobody, type Unserved } from "./nobody.ts";
import { sendJob } from "./send-job.ts";

/** One ask, placed and paid for. */
export interface Round extends Unserved {
  constellation: Constellation;
  keeper: SkyKeeper;
  request: InferAsk;
  ranked: Candidate[];
  prices: PriceList;
  payment: Payment;
  emulate: boolean;
}

/**
 * Asks one candidate after the other until one answers. Each candidate's digest becomes a hint.
 * @throws ProblemError as nobody() makes it, if no candidate answers
 */
export async function askInTurn(
  services: Services,
  round: Round,
): Promise<JobResult & { ok: true }> {
  const { constellation, keeper, request, ask, ranked, prices, payment, emulate } = round;
  const { clock } = settingsOf(services.env);
  const id = nextExecutionId(services);
  const refusals: Reason[] = [];
  let again = Infinity;
  let attempts = 0;
  // If a node did not answer, it may have run the ask all the same: then the wallet must not be told
  // that the ask was free.
  let unsure = false;
  for (const candidate of ranked) {
    if (candidate.refusal) {
      refusals.push(candidate.refusal);
      again = Math.min(again, candidate.again ?? Infinity);
      continue;
    }
    attempts++;
    const elements = constellation.elements(candidate.index);
    const job = jobOf({
      caller: services.caller,
      request_id: services.request_id,
      request,
      ask,
      candidate,
      id,
      attempts,
      elements,
      prices,
      lease_id: payment.lease_id,
    });
    if (emulate) await passUp(clock, candidate.timing);
    const result = await sendJob(services, job, request.inputs);
    if (!result) unsure = true;
    const digest = result?.digest;
    if (digest) keeper.note(services.caller.tenant_id, candidate.index, digest);
    if (result && "refusal" in result && result.refusal === "no_hardware") {
      keeper.boardHasGone(candidate.index);
    }
    if (emulate) {
      const leaves = result?.ok ? result.ends : meshNow(clock, Date.now());
      await passDown(clock, leaves, candidate.timing, !result?.ok);
    }
    if (result?.ok) {
      // If the request has run before, the ledger may have charged that run, to the lease that it
      // had, and does not charge this one: whether this lease pays, only the ledger knows.
      payment.settle(services.repeated ? "unknown" : "charged");
      return result;
    }
    if (result && "failed" in result) {
      payment.settle(services.repeated || unsure ? "unknown" : result.billed ? "charged" : "free");
      const { failure, message } = result.failed;
      throw new ProblemError(failure, message, {
        headers: PROBLEMS[failure].status === 503 ? retryAfter() : {},
      });
    }
    refusals.push(result?.refusal ?? "gone");
    if (digest?.refusing) again = Math.min(again, digest.refusing.until_ms);
  }
  payment.settle(unsure ? "unknown" : "free");
  throw nobody(refusals, round, realDelay(clock, again - meshNow(clock, Date.now())));
}
