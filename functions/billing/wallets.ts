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
import { BEAT_MS, type Rate, type WalletAnswer } from "../../mesh/billing/lease.ts";
import type { Outcome } from "../../mesh/billing/lease-account.ts";
import { type Refusal, type Taken, Wallet, type Want } from "../../mesh/billing/wallet.ts";
import type { Ctx } from "../context.ts";
import { rateHeaders, resetHeaders } from "./rate-headers.ts";

export interface Payment {
  /** Null: nothing to pay from, as the tenant has no budget. */
  lease_id: string | null;
  /** The first word counts. */
  settle(outcome: Outcome): void;
}

// Whoever waits looks again at least this often, whatever it has missed.
const LOOK_MS = 100;
// What nobody uses goes back a second after; asked about a little more often.
const TIDY_MS = 500;
// A request may work on for 30 s behind its answer; the next one takes over.
const TIDY_MS_MAX = 20_000;
// Wallets that hold nothing are forgotten when there are more than these.
const PURSES_MAX = 1_000;

const FREE: Payment = { lease_id: null, settle() {} };

interface Purse {
  wallet: Wallet;
  /** Wake those who wait. */
  waiting: Set<() => void>;
  /** Until when somebody sees to it that what is idle goes back. */
  tidied_until: number;
}

const purses = new Map<string, Purse>();

/** Reserves what an ask will cost; throws what the client must be told if that cannot be had. */
export async function pay(c: Ctx, units: number): Promise<Payment> {
  const { tenant_id, limits } = c.get("caller");
  if (!limits.budgeted && limits.requests_per_minute === null) return FREE;
  const purse = purseOf(tenant_id);
  const { wallet } = purse;
  const want = wallet.want(units, Date.now());
  const taken = await c.get("steps").measure("budget", () => takenBy(c, purse, want));
  for (const [name, value] of Object.entries(rateHeaders(wallet.rate))) c.header(name, value);
  if (!taken.ok) throw refused(taken, units);
  const { reservation } = taken;
  // A lease that is in use stays the wallet's for as long as it says so.
  const beat = setInterval(() => drive(c, purse), BEAT_MS);
  return {
    lease_id: reservation.budgeted ? reservation.lease_id : null,
    settle(outcome) {
      clearInterval(beat);
      wallet.settle(reservation, outcome, Date.now());
      if (outcome !== "charged" || wallet.running === 0) wake(purse);
      tidy(c, purse);
    },
  };
}

async function takenBy(c: Ctx, purse: Purse, want: Want): Promise<Taken> {
  const { wallet } = purse;
  try {
    for (;;) {
      const taken = wallet.take(want, Date.now());
      if (taken) return taken;
      drive(c, purse);
      await heard(purse);
    }
  } finally {
    wallet.withdraw(want);
  }
}

/** Sends what the wallet has to say, if anything; nobody waits for the answer here. */
function drive(c: Ctx, purse: Purse): void {
  const request = purse.wallet.request(Date.now());
  if (!request) return;
  const { tenant_id } = c.get("caller");
  const exchange = async () => {
    try {
      const answer = await tenantObject(c.env, tenant_id).exchange(tenant_id, request);
      if (answer) purse.wallet.receive(answer as WalletAnswer, Date.now());
      else purse.wallet.fail(request.seq);
    } catch (error) {
      console.warn(c.get("request_id"), `The budget of ${tenant_id} did not answer: ${error}`);
      purse.wallet.fail(request.seq);
    }
    wake(purse);
  };
  c.executionCtx.waitUntil(exchange());
}

/** Sees to it, behind the answer, that what is idle goes back: one request at a time does. */
function tidy(c: Ctx, purse: Purse): void {
  const now = Date.now();
  if (now < purse.tidied_until && now > purse.tidied_until - 2 * TIDY_MS) return;
  const rounds = async () => {
    for (let spent = 0; spent < TIDY_MS_MAX; spent += TIDY_MS) {
      purse.tidied_until = Date.now() + 2 * TIDY_MS;
      await new Promise((resolve) => setTimeout(resolve, TIDY_MS));
      drive(c, purse);
      if (purse.wallet.isEmpty) break;
    }
    purse.tidied_until = -Infinity;
  };
  c.executionCtx.waitUntil(rounds());
}

function purseOf(tenant_id: string): Purse {
  const known = purses.get(tenant_id);
  if (known) return known;
  if (purses.size >= PURSES_MAX) {
    for (const [id, { wallet }] of purses) if (wallet.isEmpty) purses.delete(id);
  }
  const purse: Purse = {
    wallet: new Wallet(crypto.randomUUID()),
    waiting: new Set(),
    tidied_until: -Infinity,
  };
  purses.set(tenant_id, purse);
  return purse;
}

function wake({ waiting }: Purse): void {
  const all = [...waiting];
  // Each enters itself again: one whose request was cut off is called once more at most.
  waiting.clear();
  for (const go of all) go();
}

/** Until the wallet has heard something, or it is time to look again. */
async function heard({ waiting }: Purse): Promise<void> {
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

function refused(refusal: Refusal, units: number): ProblemError {
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
