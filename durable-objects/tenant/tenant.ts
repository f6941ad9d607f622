/**
 * Holds a tenant's budget and rate, and leases parts of them to isolates. Exists only for tenants
 * that have such limits.
 * A thin shell: budget-book.ts decides what is granted and taken back.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { logger } from "../../contract/log.ts";
import { settingsOf } from "../../contract/settings.ts";
import { type Ledger, openLedger } from "../../ledger/client.ts";
import { closeLease } from "../../ledger/leases.ts";
import { readLimits } from "../../ledger/limits.ts";
import { reasonOf } from "../../ledger/reason.ts";
import { HEARTBEAT_MS, type WalletAnswer, type WalletRequest } from "../../mesh/billing/lease.ts";
import { type Balance, BudgetBook } from "./budget-book.ts";
import { closableLeases, type Due } from "./closable-leases.ts";
import { allCollectors } from "../names.ts";
import { withDeadline } from "../../contract/deadline.ts";
import { migrateObject } from "../shared/migrate.ts";
import { isReadable, type Versioned } from "../shared/version.ts";
import { TENANT_MIGRATIONS } from "./migrations.ts";

// One beat closes this many leases; the others wait for the next beat.
const CLOSINGS_MAX = 50;
// A collector that hangs must not hold up the beat.
const COLLECTOR_MS_MAX = 3_000;
// A change of limits that the object was not told of takes effect within this time.
const READ_EVERY_MS = 5_000;

const log = logger();

const NO_LIMITS = { budget_microcredits: null, requests_per_minute: null };

/**
 * The object of a tenant's budget and rate; callers get it from tenantObject(). Before the limits
 * are known for the first time, calls reject if the ledger does not answer.
 */
export class Tenant extends DurableObject<Env> {
  readonly #book: BudgetBook;
  #alarm_at = -Infinity;
  #read_at = -Infinity;
  #readings = 0;
  #applied = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrateObject(ctx.storage, TENANT_MIGRATIONS);
    this.#book = new BudgetBook({ sql: ctx.storage.sql, newId: () => crypto.randomUUID() });
  }

  /**
   * Takes a wallet's request and answers it.
   * @param tenant_id the tenant that this object is named for
   * @returns null if a later request of this wallet was here already, or if this one is of a newer
   * release; nothing has changed then, and the wallet asks anew
   */
  async exchange(
    tenant_id: string,
    request: WalletRequest & Versioned,
  ): Promise<WalletAnswer | null> {
    if (!isReadable("wallet", request)) return null;
    await this.#know(tenant_id);
    const answer = this.#book.exchange(request, Date.now());
    this.#arm();
    return answer;
  }

  /**
   * Takes up the limits as the ledger now has them: to be called after they were changed there.
   * Rejects if the ledger does not answer.
   * @param tenant_id the tenant that this object is named for
   */
  async renew(tenant_id: string): Promise<Balance> {
    this.#keepName(tenant_id);
    const reading = ++this.#readings;
    this.#read_at = Date.now();
    const limits = await readLimits(this.#ledger(), tenant_id) ?? NO_LIMITS;
    // Of two readings the one that began later counts, even if it ends first.
    if (reading > this.#applied) {
      this.#applied = reading;
      this.#book.setLimits(limits, Date.now());
    }
    return this.#book.balance();
  }

  /**
   * How the tenant stands.
   * @param tenant_id the tenant that this object is named for
   */
  async balance(tenant_id: string): Promise<Balance> {
    await this.#know(tenant_id);
    return this.#book.balance();
  }

  /** Counts a beat for every lease; the ledger closes those that are lost. Never throws. */
  override async alarm(): Promise<void> {
    this.#alarm_at = -Infinity;
    try {
      const due = this.#book.beat();
      if (due.length === 0) return;
      const free = closableLeases(due, await this.#heldBy(due));
      for (const lease_id of free.slice(0, CLOSINGS_MAX)) {
        const tenant_id = this.#name();
        const closing = { lease_id, tenant_id, closed_at_ms: Date.now() };
        this.#book.close(lease_id, await closeLease(this.#ledger(), closing));
      }
    } catch (error) {
      log.warn("Leases stay open until the ledger answers", { error: reasonOf(error) });
    } finally {
      this.#arm();
    }
  }

  /**
   * The leases that each collector's waiting receipts are charged to; null for a collector that is
   * silent.
   */
  #heldBy(due: readonly Due[]): Promise<(string[] | null)[]> {
    const ids = due.map(({ id }) => id);
    return Promise.all(
      allCollectors(this.env).map(({ name, collector }) =>
        withDeadline(COLLECTOR_MS_MAX, collector.holding(ids)).catch((error) => {
          log.warn("A collector does not say which receipts it holds", { collector: name, error });
          return null;
        })
      ),
    );
  }

  /** Reads the limits: the first time before the answer, after that behind it. */
  async #know(tenant_id: string): Promise<void> {
    if (this.#book.isNew()) {
      await this.renew(tenant_id);
    } else if (Math.abs(Date.now() - this.#read_at) >= READ_EVERY_MS) {
      this.ctx.waitUntil(
        this.renew(tenant_id).catch((error) =>
          log.warn("The limits hold as they were", { tenant_id, error: reasonOf(error) })
        ),
      );
    }
  }

  /**
   * Sets an alarm for the next beat while any lease is out. An alarm further ahead than a beat was
   * set before the clock jumped back, and is set anew.
   */
  #arm(): void {
    const now = Date.now();
    const isSet = this.#alarm_at > now && this.#alarm_at <= now + HEARTBEAT_MS;
    if (isSet || !this.#book.hasLeases()) return;
    this.#alarm_at = now + HEARTBEAT_MS;
    void this.ctx.storage.setAlarm(this.#alarm_at);
  }

  #keepName(tenant_id: string): void {
    this.ctx.storage.kv.put("tenant_id", tenant_id);
  }

  #name(): string {
    return this.ctx.storage.kv.get<string>("tenant_id")!;
  }

  #ledger(): Ledger {
    const { url, token } = settingsOf(this.env).ledger;
    return openLedger({ url, authToken: token });
  }
}
