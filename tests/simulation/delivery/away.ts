/** Nobody answers, or not yet: no word about what was asked. */
export class Away extends Error {}

/** The ledger will not take this, ever. */
export class Refused extends Error {}
