import { type Booster, createBooster } from '../predict/booster.js';
import { checkModel } from './check-model.js';
import { DecimalReader } from './decimal-reader.js';
import type { Model } from './model.js';
import { modelFault } from './model-fault.js';
import { parseTree } from './parse-tree.js';
import type { Tree } from './tree.js';
import { TreeBlock } from './tree-block.js';

/**
 * Returns the booster that a LightGBM text model describes, written by this engine or by LightGBM 2.2 and later (text version v2, v3, v4).
 *
 * Line ends may be those of any system. A model saved by LightGBM's Python package keeps its `pandas_categorical` line.
 *
 * @throws ForecastError INVALID_MODEL for text that is cut off, inconsistent or no model; UNSUPPORTED_MODEL for what this engine
 * cannot predict with.
 * @example
 * const booster = parseModel(await readFile('model.txt', 'utf8'));
 */
export function parseModel(text: string): Booster {
  return createBooster(readModel(text));
}

/** Returns what a LightGBM text model holds; see {@link parseModel}. */
export function readModel(text: string): Model {
  if (typeof text !== 'string') throw modelFault('text', 'a string', typeof text);
  const unified = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  if (firstLine(unified).trim() !== 'tree') throw modelFault('first line', 'tree', firstLine(unified));
  const endOfTrees = lineStart(unified, END_OF_TREES, true);
  if (endOfTrees < 0) throw modelFault('end of trees', 'present', 'the end of the text');
  const firstTree = lineStart(unified, 'Tree=', false);
  const begin = firstTree < 0 ? endOfTrees : Math.min(firstTree, endOfTrees);
  const header = readHeader(unified.slice(0, begin).split('\n'));
  const trees = readTrees(unified.slice(begin, endOfTrees), header.featureNames.length);
  const tail = readTail(unified.slice(endOfTrees + END_OF_TREES.length).split('\n'));
  const model: Model = { ...header, trees, ...tail, isRead: true };
  const { treeCount } = header;
  if (treeCount !== undefined && treeCount !== trees.length)
    throw modelFault('tree_sizes', `${trees.length} sizes`, treeCount);
  checkModel(model, trees.length);
  return model;
}

const END_OF_TREES = 'end of trees';

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

/** Returns where the first line after the first that begins with `start`, or is it `whole`, begins; -1 if there is none. */
function lineStart(text: string, start: string, whole: boolean): number {
  for (let at = text.indexOf(`\n${start}`); at >= 0; at = text.indexOf(`\n${start}`, at + 1)) {
    const end = at + 1 + start.length;
    if (!whole || end === text.length || text[end] === '\n') return at + 1;
  }
  return -1;
}

/** Reads the blocks of all trees: each ends with an empty line. */
function readTrees(section: string, features: number): Tree[] {
  let text = section;
  let bytes = new TextEncoder().encode(text);
  if (bytes.length > text.length) {
    // a place in the text must be one in its bytes; no number holds such characters
    text = section.replace(/[^\0-\x7f]/g, '?');
    bytes = new TextEncoder().encode(text);
  }
  const lines = { text, numbers: new DecimalReader(bytes) };
  const trees: Tree[] = [];
  for (let at = 0; at < text.length; ) {
    const where = `Tree=${trees.length}`;
    const name = text.slice(at, text.indexOf('\n', at));
    if (name !== where) throw modelFault(name.startsWith('Tree=') ? name : 'Tree= or end of trees', where, name);
    const end = text.indexOf('\n\n', at);
    if (end < 0) throw modelFault(END_OF_TREES, 'present', 'the end of the text');
    trees.push(parseTree(new TreeBlock(lines, where, at + name.length + 1, end + 1), where, features));
    at = end + 1;
    while (text[at] === '\n') at++;
  }
  return trees;
}

type Header = Omit<Model, 'trees' | 'parameters' | 'pandasCategorical'> & { readonly treeCount: number | undefined };

function readHeader(lines: readonly string[]): Header {
  const entries = new Map<string, string>();
  for (const line of lines) {
    const mark = line.indexOf('=');
    if (mark < 0) entries.set(line, '');
    else entries.set(line.slice(0, mark), line.slice(mark + 1));
  }
  const needed = (key: string) => {
    const value = entries.get(key);
    if (value === undefined) throw modelFault(key, 'given', undefined);
    return value;
  };
  const count = (key: string, value: string) => {
    if (!/^\d{1,9}$/.test(value)) throw modelFault(key, 'a whole number', value);
    return Number(value);
  };
  const numClass = count('num_class', needed('num_class'));
  const features = count('max_feature_idx', needed('max_feature_idx')) + 1;
  const perFeature = (key: string) => {
    const words = needed(key).split(' ').filter(Boolean);
    if (words.length !== features) throw modelFault(key, `${features} entries`, words.length);
    return words;
  };
  const sizes = entries.get('tree_sizes');
  const version = entries.get('version') ?? 'none';
  if (!/^v[234]$/.test(version)) throw modelFault('version', 'v2, v3 or v4', version, 'UNSUPPORTED_MODEL');
  return {
    numClass,
    outputs: count('num_tree_per_iteration', entries.get('num_tree_per_iteration') ?? String(numClass)),
    labelIndex: count('label_index', needed('label_index')),
    objective: (entries.get('objective') ?? '').trim(),
    averageOutput: entries.has('average_output'),
    featureNames: perFeature('feature_names'),
    featureInfos: perFeature('feature_infos'),
    ...(entries.has('monotone_constraints') && { monotoneConstraints: entries.get('monotone_constraints') }),
    treeCount: sizes?.split(' ').filter(Boolean).length,
  };
}

function readTail(lines: readonly string[]): Pick<Model, 'parameters' | 'pandasCategorical'> {
  const begin = lines.indexOf('parameters:');
  const end = lines.indexOf('end of parameters');
  if (begin >= 0 && end < begin) throw modelFault('end of parameters', 'present', 'the end of the text');
  const prefix = 'pandas_categorical:';
  const categories = lines.find((line) => line.startsWith(prefix));
  return {
    ...(begin >= 0 && { parameters: linesOf(lines.slice(begin + 1, end)) }),
    ...(categories !== undefined && { pandasCategorical: categories.slice(prefix.length) }),
  };
}

function linesOf(lines: readonly string[]): string {
  return lines
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}
