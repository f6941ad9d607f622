/**
 * What was charged: by quantities and the price list in force, or by tokens and their prices.
 * @module
 */
import { priceOf, pricesAt } from "../../mesh/billing/receipt.ts";
import { tokenCharge } from "../../mesh/billing/tokens.ts";
import { MODELS } from "../../models/catalogue.ts";
import { equal, type Equation, type Verdict } from "../equation.ts";
import type { Execution, FieldPath } from "../execution.ts";
import type { Known } from "../known.ts";
import { kindOf, operationsOfAnswer } from "../model-kind.ts";

/** Makes the equations. */
export const billEquations = (known: Known): Equation[] => [
  version,
  operationsEquation(known),
  ...tokenPrices(known),
  priceList(known),
  chargeEquation(known),
  waived,
];

const version: Equation = {
  proves: "receipt/model_version",
  reads: () => ["receipt/model", "receipt/model_version"],
  check({ receipt }) {
    if (kindOf(receipt) !== "built_in") return { is: "open" };
    return equal(receipt.model_version, MODELS.get(receipt.model)!.version);
  },
};

function operationsEquation({ tokens, uploaded }: Known): Equation {
  return {
    proves: "receipt/operations",
    reads: ({ receipt }) =>
      kindOf(receipt) === "tokens"
        ? [
          "receipt/model",
          "receipt/operations",
          "receipt/prompt_tokens",
          "receipt/completion_tokens",
        ]
        : ["receipt/model", "receipt/operations", "receipt/bytes_down"],
    check({ receipt }): Verdict {
      const { model, operations, bytes_down, prompt_tokens, completion_tokens } = receipt;
      const kind = kindOf(receipt);
      if (kind === "tokens") {
        const priced = tokens.get(model);
        if (!priced) return { is: "open" };
        const sum = prompt_tokens! + completion_tokens!;
        return equal(operations, Math.ceil(sum * priced.operations_per_token));
      }
      if (kind === "uploaded") return withinBounds(operations, uploaded.get(model));
      const possible = operationsOfAnswer(MODELS.get(model)!, bytes_down);
      if (possible.includes(operations)) return { is: "exact" };
      if (possible.length === 0) {
        return {
          is: "wrong",
          expected: null,
          says: `no answer of ${model} has ${bytes_down} bytes`,
        };
      }
      const nearest = possible.reduce((best, one) =>
        Math.abs(one - operations) < Math.abs(best - operations) ? one : best
      );
      return { is: "wrong", expected: nearest };
    },
  };
}

/** The shapes of an uploaded model's inputs are not exported; what any shapes can take may be known. */
function withinBounds(
  operations: number,
  bounds: { min: number | null; max: number | null } | undefined,
): Verdict {
  if (!bounds || (bounds.min === null && bounds.max === null)) return { is: "open" };
  const { min, max } = bounds;
  if (min !== null && min === max) return equal(operations, min);
  if (min !== null && operations < min) return { is: "wrong", expected: min };
  if (max !== null && operations > max) return { is: "wrong", expected: max };
  return { is: "bounded" };
}

const tokenPrices = ({ tokens }: Known): Equation[] =>
  (["per_mega_prompt_token", "per_mega_completion_token"] as const).map((name) => ({
    proves: `receipt/${name}`,
    reads: () => ["receipt/model", `receipt/${name}`],
    check({ receipt }) {
      const priced = kindOf(receipt) === "tokens" ? tokens.get(receipt.model) : null;
      if (priced === null) return equal(receipt[name], null);
      // A deployment may have had other prices when it ran: the receipt's own make its charge.
      return priced && priced[name] === receipt[name] ? { is: "exact" } : { is: "open" };
    },
  }));

function priceList({ prices }: Known): Equation {
  return {
    proves: "receipt/price_list",
    reads: () => ["placement/placed_at", "receipt/price_list"],
    check({ receipt, placement }) {
      const at_ms = Date.parse(placement.placed_at);
      if (Number.isNaN(at_ms)) {
        return { is: "wrong", expected: null, says: "placed_at is no instant" };
      }
      return equal(receipt.price_list, pricesAt(prices, at_ms).id);
    },
  };
}

function chargeEquation({ prices }: Known): Equation {
  const charge: FieldPath = "receipt/charge_microcredits";
  return {
    proves: charge,
    reads: ({ receipt }) =>
      kindOf(receipt) === "tokens"
        ? [
          charge,
          "receipt/waived_microcredits",
          "receipt/prompt_tokens",
          "receipt/completion_tokens",
          "receipt/per_mega_prompt_token",
          "receipt/per_mega_completion_token",
        ]
        : [
          charge,
          "receipt/waived_microcredits",
          "receipt/price_list",
          "receipt/operations",
          "receipt/bytes_up",
          "receipt/bytes_down",
        ],
    check(execution): Verdict {
      const expected = costOf(execution.receipt, prices);
      if (expected === null) {
        const { price_list } = execution.receipt;
        return { is: "wrong", expected: null, says: `the files have no prices "${price_list}"` };
      }
      const { charge_microcredits, waived_microcredits } = execution.receipt;
      return equal(charge_microcredits, expected - waived_microcredits);
    },
  };
}

/**
 * What an execution costs, by the price list or the token prices that its receipt names.
 * @returns micro-credits; null where there is no such list, or nobody can be billed such quantities
 */
export function costOf(receipt: Execution["receipt"], prices: Known["prices"]): number | null {
  try {
    if (kindOf(receipt) === "tokens") {
      return tokenCharge({
        prompt_tokens: receipt.prompt_tokens!,
        completion_tokens: receipt.completion_tokens!,
      }, {
        per_mega_prompt_token: receipt.per_mega_prompt_token!,
        per_mega_completion_token: receipt.per_mega_completion_token!,
      });
    }
    const list = prices.find(({ id }) => id === receipt.price_list);
    return list ? priceOf(receipt, list) : null;
  } catch {
    return null;
  }
}

const waived: Equation = {
  proves: "receipt/waived_microcredits",
  reads: () => ["receipt/charge_microcredits", "receipt/waived_microcredits"],
  check({ receipt: { charge_microcredits, waived_microcredits } }) {
    if (waived_microcredits === 0 || charge_microcredits === 0) return { is: "exact" };
    return { is: "wrong", expected: 0 };
  },
};
