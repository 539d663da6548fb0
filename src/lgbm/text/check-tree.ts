import { type ModelFault, modelFault } from './model-fault.js';
import { CATEGORICAL, type PredictingTree } from './tree.js';

/**
 * Every node but the root, and every leaf, must hang from exactly one node; nothing may hang from itself.
 *
 * @param where Names the tree in errors.
 * @throws What `fault` returns for children that make no tree.
 */
export function checkShape(
  { numLeaves, leftChild, rightChild }: Pick<PredictingTree, 'numLeaves' | 'leftChild' | 'rightChild'>,
  where: string,
  fault: ModelFault = modelFault,
): void {
  if (numLeaves === 1) return;
  const nodeSeen = new Uint8Array(numLeaves - 1);
  const leafSeen = new Uint8Array(numLeaves);
  const open = [0];
  let reached = 0;
  while (open.length > 0) {
    const at = open.pop()!;
    const seen = at >= 0 ? nodeSeen : leafSeen;
    const index = at >= 0 ? at : ~at;
    if (!(index < seen.length) || seen[index]) {
      throw fault(`${where} left_child and right_child`, 'a tree', `${at} twice or outside`);
    }
    seen[index] = 1;
    reached++;
    if (at >= 0) open.push(leftChild[at], rightChild[at]);
  }
  if (reached !== 2 * numLeaves - 1)
    throw fault(`${where} left_child and right_child`, 'one tree', `${reached} reached`);
}

/** The threshold of a categorical node must be the number of one of the tree's category sets. */
export function checkThresholds(
  { threshold, decisionType }: Pick<PredictingTree, 'threshold' | 'decisionType'>,
  numCat: number,
  where: string,
  fault: ModelFault = modelFault,
): void {
  for (let node = 0; node < threshold.length; node++) {
    if (!(decisionType[node] & CATEGORICAL)) continue;
    const set = threshold[node];
    if (!Number.isInteger(set) || set < 0 || set >= numCat) {
      throw fault(`${where} threshold`, `a category set 0..${numCat - 1}`, set);
    }
  }
}
