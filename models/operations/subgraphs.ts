/**
 * The graphs that stand in a node's attributes.
 * @module
 */

import type { Attribute, ModelGraph, ModelNode } from "./model-file.ts";

export const isGraph = (attribute: Attribute | null | undefined): attribute is ModelGraph =>
  typeof attribute === "object" && attribute !== null && "nodes" in attribute;

export const subgraphsOf = (node: ModelNode): ModelGraph[] =>
  Object.values(node.attributes).filter(isGraph);
