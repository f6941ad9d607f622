/**
 * Knows a share of the keys that callers show in its region, the models of a share of the tenants, and
 * the prices in force, so that a request need not ask the ledger, and is served while the ledger is away.
 * A thin shell: stale-if-error.ts decides how long an answer of the ledger holds.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { logger } from "../../contract/log.ts";
import { settingsOf } from "../../contract/settings.ts";
import { findLiveAdminKey, type LiveAdminKey } from "../../ledger/admin-keys.ts";
import { type BoardKey, findLiveBoardKey } from "../../ledger/board-keys.ts";
import { type Ledger, openLedger } from "../../ledger/client.ts";
import { findLiveKey, type LiveKey } from "../../ledger/keys.ts";
import { listLiveModels, type LiveModel } from "../../ledger/models.ts";
import { listPrices } from "../../ledger/prices.ts";
import { reasonOf } from "../../ledger/reason.ts";
import { hasWholeSchema } from "../../ledger/schema-probe.ts";
import type { PriceList } from "../../mesh/billing/receipt.ts";
import { migrateObject } from "../shared/migrate.ts";
import { LEDGER_CACHE_MIGRATIONS } from "./migrations.ts";
import { type CacheCounts, StaleIfError } from "./stale-if-error.ts";
import { UnknownKeys } from "./unknown-keys.ts";

const PRICES = "prices";
const SCHEMA = "schema";
const modelsOf = (tenant_id: string): string => `models:${tenant_id}`;

/** Rethrows why the ledger failed, without the values that it was asked with. */
const tell = (error: unknown): never => {
  throw new Error(reasonOf(error));
};

/**
 * The object that caches keys, models and prices; callers get it from ledgerCacheObject() or
 * allLedgerCaches().
 */
export class LedgerCache extends DurableObject<Env> {
  readonly #known: StaleIfError;
  readonly #unknown = new UnknownKeys();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrateObject(ctx.storage, LEDGER_CACHE_MIGRATIONS);
    this.#known = new StaleIfError({ sql: ctx.storage.sql, warn: logger().warn });
  }

  /**
   * The API key of a hash. What the ledger said up to four seconds ago holds, and while it is away,
   * up to a day ago. Rejects if nothing of the last day is known and the ledger does not answer.
   * @param hash SHA-256 of the whole key, hexadecimal
   * @returns null if the key is unknown, revoked or expired
   */
  async key(hash: string): Promise<LiveKey | null> {
    return await this.#live(`key:${hash}`, () => findLiveKey(this.#ledger(), hash, Date.now()));
  }

  /**
   * The admin key of a hash; holds and rejects as key() does.
   * @param hash SHA-256 of the whole key, hexadecimal
   * @returns null if the key is unknown, revoked or expired
   */
  async adminKey(hash: string): Promise<LiveAdminKey | null> {
    return await this.#live(
      `admin:${hash}`,
      () => findLiveAdminKey(this.#ledger(), hash, Date.now()),
    );
  }

  /**
   * The board's key of a hash; holds and rejects as key() does.
   * @param hash SHA-256 of the whole key, hexadecimal
   * @returns null if the key is unknown, revoked or expired
   */
  async boardKey(hash: string): Promise<BoardKey | null> {
    return await this.#live(
      `board:${hash}`,
      () => findLiveBoardKey(this.#ledger(), hash, Date.now()),
    );
  }

  /**
   * Hears that a key of this hash was made: it opens at once, also if it was unknown a moment ago,
   * or while a flood of made-up ones is kept out. The object forgets this when it restarts.
   * @param hash SHA-256 of the whole key, hexadecimal
   */
  announce(kind: "key" | "admin" | "board", hash: string): void {
    this.#unknown.announce(`${kind}:${hash}`);
  }

  /**
   * All price lists, the oldest first; empty before the first list. Holds and rejects as key()
   * does.
   */
  async prices(): Promise<PriceList[]> {
    return await this.#known.of(PRICES, () => listPrices(this.#ledger()).catch(tell), Date.now) ??
      [];
  }

  /**
   * All live versions of a tenant's models, by name and number; empty where it has none. Holds and
   * rejects as key() does. A tenant's list is one record, so that made-up names ask the ledger no more
   * often than one that exists.
   * @param tenant_id of a verified key
   */
  async models(tenant_id: string): Promise<LiveModel[]> {
    const ask = () => listLiveModels(this.#ledger(), tenant_id).catch(tell);
    return await this.#known.of(modelsOf(tenant_id), ask, Date.now) ?? [];
  }

  /**
   * Reads a tenant's models anew, since they have changed. Rejects if the ledger does not answer: then
   * the cached list holds.
   * @param tenant_id of a verified key
   */
  async renewModels(tenant_id: string): Promise<void> {
    const ask = () => listLiveModels(this.#ledger(), tenant_id).catch(tell);
    await this.#known.renew(modelsOf(tenant_id), ask, Date.now);
  }

  /**
   * Whether this object has what inferences need of the ledger. If the ledger is away by now, what it
   * said before counts.
   * @returns `unheard` if the ledger has not answered yet, `behind` if its migrations are not all applied
   */
  async readiness(): Promise<"ready" | "unheard" | "behind"> {
    try {
      const ask = async () => await hasWholeSchema(this.#ledger()) ? { whole: true } : null;
      const schema = await this.#known.of(SCHEMA, () => ask().catch(tell), Date.now);
      if (!schema) return "behind";
      await this.prices();
      return "ready";
    } catch (error) {
      logger().warn("The ledger has not been heard of", { error });
      return "unheard";
    }
  }

  /**
   * Forgets cached keys, since they have changed in the ledger: a key was revoked or rotated, or
   * its tenant's limits were set.
   * @param value the key's id, or the tenant's
   */
  forget(field: "id" | "tenant_id", value: string): void {
    this.#known.forget(field, value);
  }

  /**
   * Reads the price lists anew, since there is a new one. Rejects if the ledger does not answer:
   * then the cached lists hold.
   */
  async renewPrices(): Promise<void> {
    await this.#known.renew(PRICES, () => listPrices(this.#ledger()).catch(tell), Date.now);
  }

  /** What this object keeps, and how it was asked, since it started. */
  counts(): CacheCounts {
    return this.#known.counts();
  }

  async #live<K extends LiveKey | LiveAdminKey | BoardKey>(
    name: string,
    find: () => Promise<K | null>,
  ): Promise<K | null> {
    if (!this.#known.knows(name)) {
      if (this.#unknown.has(name, Date.now())) return null;
      // Rejects as if the ledger were away: it was not asked, so the key may be a live one.
      if (!this.#unknown.admits(name, Date.now())) {
        throw new Error("Too many unknown keys are shown");
      }
    }
    const key = await this.#known.of(name, () => find().catch(tell), Date.now);
    if (key === null) this.#unknown.note(name, Date.now());
    return (key?.expires_at_ms ?? Infinity) > Date.now() ? key : null;
  }

  #ledger(): Ledger {
    const { url, token } = settingsOf(this.env).ledger;
    return openLedger({ url, authToken: token });
  }
}
