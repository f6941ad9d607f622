/**
 * Knows a share of the keys that are shown in its region, and the prices in force, so that a request
 * need not ask the ledger, and goes on while that is away.
 * A thin shell: what holds for how long is decided in stale-if-error.ts.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { logger } from "../../contract/log.ts";
import { settingsOf } from "../../contract/settings.ts";
import { findLiveAdminKey, type LiveAdminKey } from "../../ledger/admin-keys.ts";
import { type Ledger, openLedger } from "../../ledger/client.ts";
import { findLiveKey, type LiveKey } from "../../ledger/keys.ts";
import { listPrices } from "../../ledger/prices.ts";
import { reasonOf } from "../../ledger/reason.ts";
import type { PriceList } from "../../mesh/billing/receipt.ts";
import { migrate } from "../shared/migrate.ts";
import { LEDGER_CACHE_MIGRATIONS } from "./migrations.ts";
import { StaleIfError } from "./stale-if-error.ts";

const PRICES = "prices";

/** Why the ledger failed, without the values that it was asked with. */
const tell = (error: unknown): never => {
  throw new Error(reasonOf(error));
};

export class LedgerCache extends DurableObject<Env> {
  readonly #known: StaleIfError;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, LEDGER_CACHE_MIGRATIONS);
    this.#known = new StaleIfError({ sql: ctx.storage.sql, warn: logger().warn });
  }

  /** The key of this hash; null if it is unknown, revoked or expired. */
  async key(hash: string): Promise<LiveKey | null> {
    const key = await this.#known.of(
      `key:${hash}`,
      () => findLiveKey(this.#ledger(), hash, Date.now()).catch(tell),
      Date.now,
    );
    return (key?.expires_at_ms ?? Infinity) > Date.now() ? key : null;
  }

  /** The admin key of this hash; null if it is unknown, revoked or expired. */
  async adminKey(hash: string): Promise<LiveAdminKey | null> {
    const key = await this.#known.of(
      `admin:${hash}`,
      () => findLiveAdminKey(this.#ledger(), hash, Date.now()).catch(tell),
      Date.now,
    );
    return (key?.expires_at_ms ?? Infinity) > Date.now() ? key : null;
  }

  async prices(): Promise<PriceList[]> {
    return await this.#known.of(PRICES, () => listPrices(this.#ledger()).catch(tell), Date.now) ??
      [];
  }

  /** A key was revoked or rotated, or a tenant's limits changed: what is known of it is no longer so. */
  forget(field: "id" | "tenant_id", value: string): void {
    this.#known.forget(field, value);
  }

  /** There is a new price list. */
  async renewPrices(): Promise<void> {
    await this.#known.renew(PRICES, () => listPrices(this.#ledger()).catch(tell), Date.now);
  }

  #ledger(): Ledger {
    const { url, token } = settingsOf(this.env).ledger;
    return openLedger({ url, authToken: token });
  }
}
