/**
 * What is wrong with a body that is JSON, as a sentence without its full stop.
 * @module
 */
export class InvalidBody extends Error {}
