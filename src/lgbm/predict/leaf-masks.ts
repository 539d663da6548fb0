import { CATEGORICAL } from '../text/tree.js';
import type { FlatModel } from './flat-model.js';
import { goesLeft } from './predict.js';
import { rankOf, type ThresholdRanks } from './threshold-ranks.js';

/** Leaves of a tree that has masks: a word has one bit per leaf. */
export const MOST_LEAVES = 32;

/** A tree's tables are read so many at once; trees of fewer are filled up with tables that exclude nothing. */
export const AT_ONCE = 4;

/**
 * Neighbouring trees as tables of bit masks: a tree's word for a column and a rank has a bit for each leaf that this rank does not
 * exclude, the leftmost leaf highest. The words of all its columns together leave the leaf that the row reaches as the leftmost.
 *
 * A value above a node's threshold excludes the leaves of the node's left subtree. That no node is visited is what makes it fast:
 * there is no branch to mispredict, and no load waits for another.
 *
 * @see Lucchese et al., QuickScorer: a fast algorithm to rank documents with additive ensembles of regression trees (2015).
 */
export interface LeafMasks {
  /** One past the last tree. */
  readonly end: number;
  /** [trees + 1] a tree's tables, a multiple of {@link AT_ONCE}; none if it has no masks. */
  readonly tablesBegin: Int32Array;
  /** [tables] column whose rank to look up, and where the table begins in `memory`. */
  readonly column: Int32Array;
  readonly table: Int32Array;
  /** The caller's room, then all tables. */
  readonly memory: Int32Array;
  /** [trees × 32] a tree's leaf values from left to right. */
  readonly leafValue: Float64Array;
}

/** Which trees to build masks for. */
export interface MaskedTrees {
  readonly model: FlatModel;
  readonly ranks: ThresholdRanks;
  readonly begin: number;
  readonly end: number;
  /** [trees of the model] whether a tree's nodes are ranked. */
  readonly isRanked: Uint8Array;
  /** A tree of more words has no masks: building them would not pay. */
  readonly wordsPerTree: number;
  /** Words to leave free before the tables. */
  readonly room: number;
}

/** Words after which no further tree is begun, so that large models do not need large tables. */
const ENOUGH_WORDS = 2 ** 21;

/** Returns whether a tree has few leaves, and only numeric splits. */
export function fitsMasks(model: FlatModel, tree: number): boolean {
  const [first, end] = nodesOf(model, tree);
  if (first === end || end - first >= MOST_LEAVES) return false;
  for (let node = first; node < end; node++) {
    if (model.decision[node] & CATEGORICAL || Number.isNaN(model.threshold[node])) return false;
  }
  return true;
}

/** Returns a tree's first node, and one past its last. */
export function nodesOf({ firstLeaf, leafValue }: FlatModel, tree: number): [first: number, end: number] {
  // a tree has one leaf more than nodes
  const next = tree + 1 < firstLeaf.length ? firstLeaf[tree + 1] : leafValue.length;
  return [firstLeaf[tree] - tree, next - tree - 1];
}

/** Returns the masks of trees from `begin` on, up to `end` or until there are enough words. */
export function buildLeafMasks(trees: MaskedTrees): LeafMasks {
  const { model, ranks, begin, room } = trees;
  const layout = layTables(trees);
  const { end, column, table, tablesBegin, size } = layout;
  const memory = new Int32Array(size).fill(-1, room);
  const leafValue = new Float64Array((end - begin) * MOST_LEAVES);
  const tableOf = new Int32Array(ranks.count.length);
  for (let tree = begin; tree < end; tree++) {
    const last = tablesBegin[tree - begin + 1];
    let isMasked = false;
    for (let i = tablesBegin[tree - begin]; i < last; i++) {
      if (table[i] === room) continue;
      tableOf[column[i]] = table[i];
      isMasked = true;
    }
    if (!isMasked) continue;
    let leaves = (tree - begin) * MOST_LEAVES;
    const first = leaves;
    const visit = (node: number): void => {
      if (node < 0) {
        leafValue[leaves++] = model.leafValue[~node];
        return;
      }
      const leftBegin = leaves - first;
      visit(model.left[node]);
      const kept = ~((-1 >>> leftBegin) ^ (-1 >>> (leaves - first)));
      exclude(memory, trees, node, tableOf[ranks.column[node]], kept);
      visit(model.right[node]);
    };
    visit(model.root[tree]);
  }
  return { end, tablesBegin, column, table, memory, leafValue };
}

/** Leaves only the kept bits in the words of all ranks that lie above the node's threshold, and of missing values if they go right. */
function exclude(memory: Int32Array, { model, ranks }: MaskedTrees, node: number, table: number, kept: number): void {
  const column = ranks.column[node];
  const missing = table + ranks.count[column] + 1;
  for (let at = table + rankOf(ranks, column, model.threshold[node]) + 1; at < missing; at++) memory[at] &= kept;
  if (!goesLeft(model, node, Number.NaN)) memory[missing] &= kept;
}

/**
 * Gives each tree one table for each column that its nodes use. The first words after the room are a table of column 0 that
 * excludes nothing.
 */
function layTables({ model, ranks, begin, end, isRanked, wordsPerTree, room }: MaskedTrees) {
  const { count } = ranks;
  const column: number[] = [];
  const table: number[] = [];
  const tablesBegin = [0];
  const lastTree = new Int32Array(count.length).fill(-1);
  const tables = room + (count.length > 0 ? count[0] + 2 : 0);
  let size = tables;
  let tree = begin;
  for (; tree < end && size - tables < ENOUGH_WORDS; tree++) {
    if (isRanked[tree]) {
      const [first, last] = nodesOf(model, tree);
      const columns: number[] = [];
      let treeWords = 0;
      for (let node = first; node < last; node++) {
        const c = ranks.column[node];
        if (lastTree[c] === tree) continue;
        lastTree[c] = tree;
        columns.push(c);
        treeWords += count[c] + 2;
      }
      if (treeWords <= wordsPerTree) {
        for (const c of columns) {
          column.push(c);
          table.push(size);
          size += count[c] + 2;
        }
        while (column.length % AT_ONCE > 0) {
          column.push(0);
          table.push(room);
        }
      }
    }
    tablesBegin.push(column.length);
  }
  return {
    end: tree,
    size,
    column: Int32Array.from(column),
    table: Int32Array.from(table),
    tablesBegin: Int32Array.from(tablesBegin),
  };
}
