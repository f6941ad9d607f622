/**
 * Pays for asks: one wallet for each tenant that has a budget or a rate, in each isolate.
 * A thin shell: what is reserved, asked for and given back is decided in mesh/billing/wallet.ts.
 *
 * Requests of one isolate share a wallet, but in workerd none may hang on another's promise: each
 * waits by a promise and a timer of its own.
 * @module
 */
import { ProblemError } from "../../contract/problem.ts";
import { tenantObject } from "../../durable-objects/names.ts";
import { stamped } from "../../durable-objects/shared/version.ts";
import { HEARTBEAT_MS, type Rate, type WalletAnswer } from "../../mesh/billing/lease.ts";
import type { SpendOutcome } from "../../mesh/billing/lease-account.ts";
import {
  type PaymentRefusal,
  type SpendResult,
  Wallet,
  type Want,
} from "../../mesh/billing/wallet.ts";
import type { Ctx } from "../context.ts";
import { rateHeaders, resetHeaders } from "./rate-headers.ts";

export interface Payment {
  /** Null: nothing to pay from, as the tenant has no budget. */
  lease_id: string | null;
  /** The first word counts. */
  settle(outcome: SpendOutcome): void;
}

// Whoever waits looks again at least this often, whatever it has missed.
const LOOK_MS = 100;
// What nobody uses goes back a second after; asked about a little more often.
const RETURN_IDLE_MS = 500;
// A request may work on for 30 s behind its answer; the next one takes over.
const RETURN_IDLE_MS_MAX = 20_000;
// Wallets that hold nothing are forgotten when there are more than these.
const WALLETS_MAX = 1_000;

const FREE: Payment = { lease_id: null, settle() {} };

interface SharedWallet {
  wallet: Wallet;
  /** Wake those who wait. */
  waiting: Set<() => void>;
  /** Until when somebody sees to it that what is idle goes back. */
  returning_until: number;
}

const wallets = new Map<string, SharedWallet>();

/** Reserves what an ask will cost; throws what the client must be told if that cannot be had. */
export async function pay(c: Ctx, units: number): Promise<Payment> {
  const { tenant_id, limits } = c.get("caller");
  if (!limits.budgeted && limits.requests_per_minute === null) return FREE;
  const shared = walletOf(tenant_id);
  const { wallet } = shared;
  const want = wallet.want(units, Date.now());
  const taken = await c.get("timing").measure("budget", () => takenBy(c, shared, want));
  for (const [name, value] of Object.entries(rateHeaders(wallet.rate))) c.header(name, value);
  if (!taken.ok) throw refused(taken, units);
  const { reservation } = taken;
  // A lease that is in use stays the wallet's for as long as it says so.
  const beat = setInterval(() => drive(c, shared), HEARTBEAT_MS);
  return {
    lease_id: reservation.budgeted ? reservation.lease_id : null,
    settle(outcome) {
      clearInterval(beat);
      wallet.settle(reservation, outcome, Date.now());
      if (outcome !== "charged" || wallet.running === 0) wake(shared);
      returnIdle(c, shared);
    },
  };
}

async function takenBy(c: Ctx, shared: SharedWallet, want: Want): Promise<SpendResult> {
  const { wallet } = shared;
  try {
    for (;;) {
      const taken = wallet.take(want, Date.now());
      if (taken) return taken;
      drive(c, shared);
      await heard(shared);
    }
  } finally {
    wallet.withdraw(want);
  }
}

/** Sends what the wallet has to say, if anything; nobody waits for the answer here. */
function drive(c: Ctx, shared: SharedWallet): void {
  const request = shared.wallet.request(Date.now());
  if (!request) return;
  const { tenant_id } = c.get("caller");
  const exchange = async () => {
    try {
      const answer = await tenantObject(c.env, tenant_id).exchange(
        tenant_id,
        stamped("wallet", request),
      );
      if (answer) shared.wallet.receive(answer as WalletAnswer, Date.now());
      else shared.wallet.fail(request.seq);
    } catch (error) {
      console.warn(c.get("request_id"), `The budget of ${tenant_id} did not answer: ${error}`);
      shared.wallet.fail(request.seq);
    }
    wake(shared);
  };
  c.executionCtx.waitUntil(exchange());
}

/** Sees to it, behind the answer, that what is idle goes back: one request at a time does. */
function returnIdle(c: Ctx, shared: SharedWallet): void {
  const now = Date.now();
  if (now < shared.returning_until && now > shared.returning_until - 2 * RETURN_IDLE_MS) return;
  const rounds = async () => {
    for (let spent = 0; spent < RETURN_IDLE_MS_MAX; spent += RETURN_IDLE_MS) {
      shared.returning_until = Date.now() + 2 * RETURN_IDLE_MS;
      await new Promise((resolve) => setTimeout(resolve, RETURN_IDLE_MS));
      drive(c, shared);
      if (shared.wallet.isEmpty) break;
    }
    shared.returning_until = -Infinity;
  };
  c.executionCtx.waitUntil(rounds());
}

function walletOf(tenant_id: string): SharedWallet {
  const known = wallets.get(tenant_id);
  if (known) return known;
  if (wallets.size >= WALLETS_MAX) {
    for (const [id, { wallet }] of wallets) if (wallet.isEmpty) wallets.delete(id);
  }
  const shared: SharedWallet = {
    wallet: new Wallet(crypto.randomUUID()),
    waiting: new Set(),
    returning_until: -Infinity,
  };
  wallets.set(tenant_id, shared);
  return shared;
}

function wake({ waiting }: SharedWallet): void {
  const all = [...waiting];
  // Each enters itself again: one whose request was cut off is called once more at most.
  waiting.clear();
  for (const go of all) go();
}

/** Until the wallet has heard something, or it is time to look again. */
async function heard({ waiting }: SharedWallet): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let go = () => {};
  await new Promise<void>((resolve) => {
    go = resolve;
    timer = setTimeout(resolve, LOOK_MS);
    waiting.add(go);
  });
  clearTimeout(timer);
  waiting.delete(go);
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
        headers: resetHeaders(refusal.rate.next_ms),
      });
    case "held":
      return new ProblemError(
        "rate_limited",
        "What is left of the budget is reserved by requests that run; some may come back",
        { headers: resetHeaders(refusal.retry_ms) },
      );
    case "unavailable":
      return new ProblemError("budget_unavailable", "The budget cannot be asked just now", {
        headers: resetHeaders(1),
      });
  }
}

const rateDetail = ({ requests_per_minute }: Rate): string =>
  `More than ${requests_per_minute} requests a minute`;
