/**
 * Counts requests and pays for asks: one wallet for each tenant that has a budget or a rate, in each
 * isolate. Authentication counts every request before anything of it is read; an inference pays once a
 * node is known that can serve it.
 * A thin shell: what is reserved, asked for and given back is decided in mesh/billing/wallet.ts.
 *
 * Requests of one isolate share a wallet, but in workerd none may wait for another's promise, nor be
 * woken by it: once the caller of either has left, the other would end in a bare 500, or never. So each
 * looks at the wallet by a timer of its own.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { tenantObject } from "../../durable-objects/names.ts";
import { stamped } from "../../durable-objects/shared/version.ts";
import { HEARTBEAT_MS, type Rate, type WalletAnswer } from "../../mesh/billing/lease.ts";
import type {
  SpendCost,
  SpendOutcome,
  SpendReservation,
} from "../../mesh/billing/lease-account.ts";
import { type Bucket, fill } from "../../mesh/billing/rate.ts";
import {
  type PaymentRefusal,
  type SpendResult,
  Wallet,
  type Want,
} from "../../mesh/billing/wallet.ts";
import { watchCache } from "../../telemetry/cache-metrics.ts";
import { unavailable } from "../backends/unavailable.ts";
import { retryAfterMs } from "../retry-after.ts";
import type { Services } from "../services.ts";
import { rateHeaders } from "./rate-headers.ts";

/** What pays for one run; settle() must be called when the run's outcome is known. */
export interface Payment {
  /** Null where the tenant has no budget: then no lease pays. */
  lease_id: string | null;
  /**
   * Says what became of the payment. Only the first call counts.
   * @param charged micro-credits, where it is less than what was reserved
   */
  settle(outcome: SpendOutcome, charged?: number): void;
}

// A request that waits looks at the wallet soon, as a tenant's object answers within some milliseconds, and
// then less and less often, as a thousand may wait.
const LOOK_MS_FIRST = 2;
const LOOK_MS_MAX = 64;
// A wallet gives an idle lease back after a second, so it is looked at twice a second.
const RETURN_IDLE_MS = 500;
// The platform lets a request work on for 30 s behind its answer; a later request takes over.
const RETURN_IDLE_MS_MAX = 20_000;
// Tenants that came once must not fill the isolate's memory: beyond this, empty wallets go.
const WALLETS_MAX = 1_000;

const FREE: Payment = { lease_id: null, settle() {} };

interface SharedWallet {
  wallet: Wallet;
  /** Until when some request returns idle leases; after that another one takes over. */
  returning_until: number;
  /** How many requests may be given back now. */
  returnable: Bucket;
}

const wallets = new Map<string, SharedWallet>();
watchCache("wallets", () => wallets.size);

/**
 * Counts a request against its tenant's rate, and waits for the count if need be.
 * @param weight for how many requests it counts
 * @throws ProblemError `rate_limited` if the rate is used up, `budget_unavailable` if it cannot be asked
 */
export async function countRequest(services: Services, weight: number): Promise<void> {
  const { tenant_id, limits: { requests_per_minute } } = services.caller;
  if (requests_per_minute === null) return;
  const shared = walletOf(tenant_id);
  // A rate holds no more than a minute's requests: what weighs more takes all of them.
  const requests = Math.min(weight, requests_per_minute);
  const reservation = await reserve(services, shared, { units: 0, requests });
  shared.wallet.settle(reservation, "charged", Date.now());
  services.counted = reservation;
  returnIdle(services, shared);
}

/**
 * Gives back what a request counted for against the rate, since no node could serve it and none was
 * asked. To read and place such a request costs the mesh something all the same, so no more are given
 * back than the rate allows in the same time: without this bound they would be a way around it.
 */
export function giveBack(services: Services): void {
  const { caller: { tenant_id, limits: { requests_per_minute } }, counted } = services;
  if (!counted || requests_per_minute === null) return;
  services.counted = null;
  const shared = walletOf(tenant_id);
  const { tokens, filled_at_ms } = fill(shared.returnable, requests_per_minute, Date.now());
  const gives = tokens >= counted.requests;
  shared.returnable = { tokens: gives ? tokens - counted.requests : tokens, filled_at_ms };
  if (!gives) return;
  shared.wallet.giveBack(counted);
  setRateHeaders(services, shared);
}

/**
 * Reserves what an ask will cost, and waits for it if need be. Sets the rate's headers.
 * @param units what the ask will cost, micro-credits
 * @throws ProblemError `budget_exhausted`, `rate_limited` or `budget_unavailable` if it cannot be
 * paid
 */
export async function pay(services: Services, units: number): Promise<Payment> {
  const { tenant_id, limits } = services.caller;
  if (!limits.budgeted) return FREE;
  const shared = walletOf(tenant_id);
  const { wallet } = shared;
  const reservation = await reserve(services, shared, { units, requests: 0 });
  // If the wallet sends no heartbeat while the lease is in use, the tenant's object takes it back.
  const beat = setInterval(() => {
    // The request is there as long as its timer is: a stream may last for minutes.
    wallet.goesOn(reservation, Date.now());
    drive(services, shared);
  }, HEARTBEAT_MS);
  return {
    lease_id: reservation.budgeted ? reservation.lease_id : null,
    settle(outcome, charged) {
      clearInterval(beat);
      wallet.settle(reservation, outcome, Date.now(), charged);
      returnIdle(services, shared);
    },
  };
}

async function reserve(
  services: Services,
  shared: SharedWallet,
  { units, requests }: SpendCost,
): Promise<SpendReservation> {
  const want = shared.wallet.want(units, Date.now(), requests);
  const step = requests > 0 ? "rate" : "budget";
  const taken = await services.timing.measure(step, () => takenBy(services, shared, want));
  setRateHeaders(services, shared);
  if (!taken.ok) throw refused(taken, units);
  return taken.reservation;
}

function setRateHeaders(services: Services, { wallet }: SharedWallet): void {
  for (const [name, value] of Object.entries(rateHeaders(wallet.rate))) {
    services.setHeader(name, value);
  }
}

async function takenBy(services: Services, shared: SharedWallet, want: Want): Promise<SpendResult> {
  const { wallet } = shared;
  try {
    for (let look_ms = LOOK_MS_FIRST;; look_ms = Math.min(2 * look_ms, LOOK_MS_MAX)) {
      const taken = wallet.take(want, Date.now());
      if (taken) return taken;
      drive(services, shared);
      await new Promise((resolve) => setTimeout(resolve, look_ms));
    }
  } finally {
    wallet.withdraw(want);
  }
}

/**
 * Sends the wallet's next request to the tenant's object, if one is due; does not wait for the
 * answer.
 */
function drive(services: Services, shared: SharedWallet): void {
  const request = shared.wallet.request(Date.now());
  if (!request) return;
  const { tenant_id } = services.caller;
  const exchange = async () => {
    try {
      const answer = await tenantObject(services.env, tenant_id).exchange(
        tenant_id,
        stamped("wallet", request),
      );
      if (answer) shared.wallet.receive(answer as WalletAnswer, Date.now());
      else shared.wallet.fail(request.seq);
    } catch (error) {
      services.log.warn("A tenant's budget did not answer", { tenant_id, error });
      shared.wallet.fail(request.seq);
    }
  };
  services.after(exchange());
}

/** Returns idle leases behind the answer. One request at a time does this for all of the wallet's. */
function returnIdle(services: Services, shared: SharedWallet): void {
  const now = Date.now();
  if (now < shared.returning_until && now > shared.returning_until - 2 * RETURN_IDLE_MS) return;
  const rounds = async () => {
    for (let spent = 0; spent < RETURN_IDLE_MS_MAX; spent += RETURN_IDLE_MS) {
      shared.returning_until = Date.now() + 2 * RETURN_IDLE_MS;
      await new Promise((resolve) => setTimeout(resolve, RETURN_IDLE_MS));
      drive(services, shared);
      if (shared.wallet.isEmpty) break;
    }
    shared.returning_until = -Infinity;
  };
  services.after(rounds());
}

function walletOf(tenant_id: string): SharedWallet {
  const known = wallets.get(tenant_id);
  if (known) return known;
  if (wallets.size >= WALLETS_MAX) {
    for (const [id, { wallet }] of wallets) if (wallet.isEmpty) wallets.delete(id);
  }
  const shared: SharedWallet = {
    wallet: new Wallet(crypto.randomUUID()),
    returning_until: -Infinity,
    // Filled in 1970, so that the bucket is full when it is first looked at.
    returnable: { tokens: 0, filled_at_ms: 0 },
  };
  wallets.set(tenant_id, shared);
  return shared;
}

function refused(refusal: PaymentRefusal, units: number): ProblemError {
  switch (refusal.refusal) {
    case "exhausted":
      return new ProblemError(
        "budget_exhausted",
        `It costs ${units} micro-credits, and ${refusal.available} are left of the budget`,
      );
    case "rate":
      return new ProblemError("rate_limited", rateDetail(refusal.rate), {
        headers: retryAfterMs(refusal.retry_ms),
      });
    case "held":
      return new ProblemError(
        "rate_limited",
        "What is left of the budget is reserved by requests that run; some may come back",
        { headers: retryAfterMs(refusal.retry_ms) },
      );
    case "unavailable":
      return unavailable("budget", retryAfterMs(1));
  }
}

const rateDetail = ({ requests_per_minute }: Rate): string =>
  `More than ${requests_per_minute} requests a minute`;
