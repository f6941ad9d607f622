import { z } from "zod";
import { spanQuery } from "../../contract/instant.ts";
import { ReceiptJson } from "../../contract/money.ts";
import { page, PageQuery } from "../../contract/responses.ts";
import { tool } from "../tool.ts";

// What a language model reads at once: the rest is behind `next`.
const LIMIT_DEFAULT = 20;

/** Each execution's receipt. */
export const receipts = tool({
  name: "list_receipts",
  title: "Receipts, one for each execution",
  description: "Lists what each execution used and cost, in the order of arrival at the ledger, " +
    "some seconds after it ran. A next that is not null goes on as cursor.",
  input: z.strictObject({
    limit: PageQuery.shape.limit.unwrap().default(LIMIT_DEFAULT),
    cursor: PageQuery.shape.cursor,
    ...spanQuery,
  }),
  output: page(ReceiptJson),
  request: (query) => ({ method: "GET", path: ["v1", "receipts"], query }),
});
