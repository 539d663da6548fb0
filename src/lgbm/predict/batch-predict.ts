import { AT_ONCE, buildLeafMasks, fitsMasks, type LeafMasks, MOST_LEAVES, nodesOf } from './leaf-masks.js';
import { addTree, type Walk } from './predict.js';
import { rankRows, rankThresholds } from './threshold-ranks.js';

/** From so many rows on, building masks costs less than it saves. */
export const BATCH_ROWS = 512;

/** Words of one tree's masks per row, above which building them costs more than walking the rows down. */
const WORDS_PER_ROW = 64;

/** Rows whose ranks and masks stay in the cache while all trees pass. */
const BLOCK = 512;

/**
 * Does what `addRawScores` does, to the last bit, for many rows and no linear trees: trees that fit bit masks are not walked.
 *
 * Adds the leaf values of the walk's trees to `scores` [rows × outputs]; a row's trees are added in order.
 */
export function addBatchScores(walk: Walk, scores: Float64Array): void {
  const { model, rows, values, features, begin, end } = walk;
  const isRanked = new Uint8Array(model.root.length);
  const nodes: number[] = [];
  for (let tree = begin; tree < end; tree++) {
    if (!fitsMasks(model, tree)) continue;
    isRanked[tree] = 1;
    const [first, last] = nodesOf(model, tree);
    for (let node = first; node < last; node++) nodes.push(node);
  }
  const ranks = rankThresholds(model, features, nodes);
  const columns = ranks.count.length;
  // a block's masks, then its ranks, column by column
  const room = BLOCK * (1 + columns);
  const wordsPerTree = WORDS_PER_ROW * rows;
  for (let tree = begin; tree < end; ) {
    const masks = buildLeafMasks({ model, ranks, begin: tree, end, isRanked, wordsPerTree, room });
    for (let block = 0; block < rows; block += BLOCK) {
      const count = Math.min(BLOCK, rows - block);
      for (let c = 0; c < columns; c++) {
        rankRows(ranks, c, values, block * features, features, masks.memory, BLOCK * (1 + c), count);
      }
      addBlock(masks, walk, tree, block, count, scores);
    }
    tree = masks.end;
  }
}

/** Adds the trees from `first` on, those with masks and those without, to the scores of a block's rows. */
function addBlock(
  masks: LeafMasks,
  walk: Walk,
  first: number,
  begin: number,
  rows: number,
  scores: Float64Array,
): void {
  const { outputs, root } = walk.model;
  const { tablesBegin, table, column, memory, leafValue } = masks;
  for (let tree = first; tree < masks.end; tree++) {
    const output = tree % outputs;
    const tables = tablesBegin[tree - first];
    const tablesEnd = tablesBegin[tree - first + 1];
    if (tables === tablesEnd) {
      addTree(walk, root[tree], begin, begin + rows, scores, output);
      continue;
    }
    memory.fill(-1, 0, rows);
    for (let i = tables; i < tablesEnd; i += AT_ONCE) lookUp(memory, table, column, i, rows);
    const leaves = (tree - first) * MOST_LEAVES;
    for (let row = 0, at = begin * outputs + output; row < rows; row++, at += outputs) {
      scores[at] += leafValue[leaves + Math.clz32(memory[row])];
    }
  }
}

/** Narrows the masks of a block's rows by four tables. All lies in one array, whose base and length then stay in registers. */
function lookUp(memory: Int32Array, table: Int32Array, column: Int32Array, i: number, rows: number): void {
  const table0 = table[i];
  const table1 = table[i + 1];
  const table2 = table[i + 2];
  const table3 = table[i + 3];
  const ranks0 = BLOCK * (1 + column[i]);
  const ranks1 = BLOCK * (1 + column[i + 1]);
  const ranks2 = BLOCK * (1 + column[i + 2]);
  const ranks3 = BLOCK * (1 + column[i + 3]);
  for (let row = 0; row < rows; row++) {
    memory[row] &=
      memory[table0 + memory[ranks0 + row]] &
      memory[table1 + memory[ranks1 + row]] &
      memory[table2 + memory[ranks2 + row]] &
      memory[table3 + memory[ranks3 + row]];
  }
}
