/**
 * How far an ask travels over links.
 * @module
 */

/**
 * Half the Earth away an answer is later than one from a node that is merely busy: links lead no
 * farther. A node that the ground sees itself is in reach, however high it flies.
 */
export const LENGTH_MAX_KM = 20_000;
