import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** The floors of the house, ground first. A room may import rooms of lower floors only; rooms of one floor are strangers. */
const FLOORS = [
  ['errors', 'stats', 'concurrency', 'host'],
  ['series', 'scoring', 'lgbm', 'chronos', 'baselines'],
  ['markets', 'features'],
  ['ensemble'],
  ['weights', 'members'],
  ['prices', 'store'],
  ['pipeline'],
  ['setup'],
  ['testing', 'index'],
];

/** Rooms of the ground floor that may import each other: all throw errors. */
const GROUND: Record<string, string[]> = { stats: ['errors'], concurrency: ['errors'], host: ['errors'] };

/**
 * The rooms within the engines, and which of them each may import. Some face each other: kernels search for what growing defines and are
 * chosen by it; a model's text is read into what predicts, and what predicts writes it.
 */
const WITHIN: Record<string, Record<string, readonly string[]>> = {
  lgbm: {
    numbers: [],
    data: ['numbers', 'parameters'],
    parameters: ['numbers'],
    objectives: ['data', 'numbers', 'parameters', 'text'],
    text: ['numbers', 'objectives', 'predict'],
    compact: ['predict', 'text'],
    predict: ['data', 'grow', 'numbers', 'objectives', 'parameters', 'text'],
    kernel: ['data', 'grow', 'numbers', 'parameters', 'text', 'threads'],
    grow: ['data', 'kernel', 'numbers', 'objectives', 'parameters', 'predict', 'text'],
    threads: ['data', 'grow', 'kernel', 'parameters', 'predict', 'text'],
  },
  chronos: {
    checkpoint: [],
    graph: ['checkpoint'],
    runtime: ['checkpoint', 'graph'],
    families: ['checkpoint', 'graph', 'runtime'],
    table: ['families'],
  },
};

/** Files that may name a member: the columns that SQL readers know are named after the first two; the command is a host, and chooses some. */
const NAMES_MEMBERS =
  /adapters[\\/](store[\\/]sql[\\/](migrations|tables|rows)|cli[\\/](call-context|command-table|setup-commands))\.ts$/;

/** The file that builds the default checkpoint in. */
const CARRIES_WEIGHTS = join('src', 'chronos', 'default-checkpoint.ts');

/** What adapters may know of the core. */
const OPEN_TO_ADAPTERS = new Set([
  'errors',
  'concurrency',
  'series',
  'store',
  'prices',
  'scoring',
  'ensemble',
  'pipeline',
  'stats',
  'markets',
]);

/** The command is a host: it puts a context together as any other does. */
const OPEN_TO_THE_COMMAND = new Set([...OPEN_TO_ADAPTERS, 'setup', 'members', 'chronos']);

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, folder, name));
}

/** Returns a file's text without its comments, line by line where it was. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/^\s*\/\/.*$/gm, '');
}

/** Returns the specifiers that a file imports, types and dynamic imports included. */
function importsOf(file: string): string[] {
  const text = codeOf(file);
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)['"]([^'"]+)['"]/g)].map((match) => match[1]);
}

function roomOf(file: string): string {
  const [top, second] = relative(root, file).split(/[\\/]/);
  return top === 'src' ? second.replace(/\.ts$/, '') : top;
}

const floorOf = (room: string) => FLOORS.findIndex((rooms) => rooms.includes(room));

describe('the house', () => {
  const sources = filesUnder('src');

  it('has every room of src on a floor', () => {
    const rooms = new Set(sources.map(roomOf));
    expect([...rooms].filter((room) => floorOf(room) < 0)).toEqual([]);
  });

  it('imports only from lower floors', () => {
    const wrong: string[] = [];
    for (const file of sources) {
      const room = roomOf(file);
      for (const specifier of importsOf(file).filter((name) => name.startsWith('.'))) {
        const target = resolve(dirname(file), specifier);
        const other = roomOf(target.replace(/\.js$/, '.ts'));
        if (other === room || GROUND[room]?.includes(other)) continue;
        if (relative(root, file) === CARRIES_WEIGHTS && other === 'models') continue;
        if (!target.startsWith(join(root, 'src')) || floorOf(other) >= floorOf(room)) {
          wrong.push(`${relative(root, file)} -> ${relative(root, target)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("asks for Node's modules by nodeModule, which no bundler of a page follows", () => {
    const asking = sources.filter((file) => roomOf(file) !== 'host' && codeOf(file).includes("import('node:"));
    expect(asking.map((file) => relative(root, file))).toEqual([]);
  });

  it('enters other rooms by their index, or by what they show the house alone (inside)', () => {
    const doors = new Set(sources.filter((file) => file.endsWith('index.ts')).map(roomOf));
    const wrong: string[] = [];
    for (const file of sources.filter((name) => roomOf(name) !== 'index')) {
      for (const specifier of importsOf(file).filter((name) => name.startsWith('.'))) {
        const target = resolve(dirname(file), specifier).replace(/\.js$/, '.ts');
        const other = roomOf(target);
        // Interfaces of the two ports are read file by file: they hold nothing to hide.
        if (other === roomOf(file) || !doors.has(other) || other === 'store' || other === 'prices') continue;
        if (!target.endsWith(join(other, 'index.ts')) && !target.endsWith(join(other, 'inside.ts')))
          wrong.push(`${relative(root, file)} -> ${relative(root, target)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(WITHIN))('keeps the direction of imports between the rooms within %s', (room, rooms) => {
    const home = join(root, 'src', room);
    const within = (file: string) => relative(home, file).split(/[\\/]/);
    const wrong: string[] = [];
    for (const file of sources.filter((name) => name.startsWith(home + sep))) {
      const [own, ...inner] = within(file);
      // The files beside the index know every room; a room knows their interfaces only.
      if (inner.length === 0) continue;
      if (rooms[own] === undefined) wrong.push(`${own} has no direction stated`);
      for (const specifier of importsOf(file).filter((name) => name.startsWith('.'))) {
        const target = resolve(dirname(file), specifier);
        if (!target.startsWith(home + sep)) continue;
        const [other, ...rest] = within(target);
        if (other === own || (rest.length === 0 && /^chronos2?-model/.test(other)) || rooms[own]?.includes(other))
          continue;
        wrong.push(`${relative(root, file)} -> ${relative(root, target)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has no circle of imports, types included, but where a data set holds the bins that are made of it', () => {
    const files = [...sources, ...filesUnder('adapters')];
    const next = new Map(
      files.map((file) => {
        const targets = importsOf(file).map((specifier) => resolve(dirname(file), specifier).replace(/\.js$/, '.ts'));
        return [file, targets.filter((target) => files.includes(target))];
      }),
    );
    const reached = (from: string) => {
      const seen = new Set<string>();
      const open = [...next.get(from)!];
      for (let file = open.pop(); file !== undefined; file = open.pop()) {
        if (seen.has(file)) continue;
        seen.add(file);
        open.push(...next.get(file)!);
      }
      return seen;
    };
    const circular = files.filter((file) => reached(file).has(file)).map((file) => relative(root, file));
    const bins = ['binned-dataset', 'column-reader', 'dataset', 'shared-bins'];
    expect(circular.sort()).toEqual(bins.map((name) => join('src', 'lgbm', 'data', `${name}.ts`)));
  });

  it('names no member where members are only asked', () => {
    const silent = ['src/pipeline', 'src/weights', 'src/store', 'adapters'].flatMap(filesUnder);
    const wrong: string[] = [];
    for (const file of silent.filter((name) => !NAMES_MEMBERS.test(name))) {
      for (const [line, text] of codeOf(file).split('\n').entries()) {
        if (/chronos|lgbm|lightgbm/i.test(text)) wrong.push(`${relative(root, file)}:${line + 1} ${text.trim()}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('opens nothing at the top of a core file: node, runtimes and drivers come by argument or lazily', () => {
    const allowed = new Set(['croner', 'zod', 'simple-statistics']);
    const wrong: string[] = [];
    for (const file of sources) {
      const text = readFileSync(file, 'utf8');
      for (const [, specifier] of text.matchAll(
        /^(?:import|export)\s+(?!type[\s{])(?:[\w*\s{},]*?\bfrom\s+)?['"]([^.'"][^'"]*)['"]/gm,
      )) {
        if (!allowed.has(specifier)) wrong.push(`${relative(root, file)} imports ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps adapters out of the core, and the core rooms that they know few', () => {
    const wrong: string[] = [];
    for (const file of filesUnder('adapters')) {
      for (const specifier of importsOf(file).filter((name) => name.startsWith('.'))) {
        const target = resolve(dirname(file), specifier);
        const open = file.startsWith(join(root, 'adapters/cli')) ? OPEN_TO_THE_COMMAND : OPEN_TO_ADAPTERS;
        if (target.startsWith(join(root, 'src')) && !open.has(roomOf(target.replace(/\.js$/, '.ts')))) {
          wrong.push(`${relative(root, file)} -> ${relative(root, target)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('lets examples import published entries only', () => {
    const examples = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(js|mjs|ts)$/.test(name))
      .map((name) => join(root, 'examples', name));
    expect(examples.length).toBeGreaterThan(0);
    const wrong: string[] = [];
    for (const file of examples) {
      for (const specifier of importsOf(file)) {
        const inside =
          specifier.startsWith('.') && resolve(dirname(file), specifier).startsWith(join(root, 'examples'));
        const published = specifier === 'chronolight' || specifier.startsWith('chronolight/');
        if (!inside && !published && !/^[a-z@][\w@/-]*(:[\w/]+)?$/.test(specifier)) {
          wrong.push(`${relative(root, file)} imports ${specifier}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has no default export, no room for odds and ends, and no file beyond 500 lines', () => {
    const wrong: string[] = [];
    for (const file of [...sources, ...filesUnder('adapters')]) {
      const text = readFileSync(file, 'utf8');
      const name = relative(root, file);
      if (/^export default/m.test(text)) wrong.push(`${name} has a default export`);
      if (/(^|[\\/])(utils?|helpers?|common|misc|types|constants)(\.ts$|[\\/])/.test(name))
        wrong.push(`${name} would fit any project`);
      if (text.split('\n').length > 500 && !/kernel|closures|table/.test(name)) wrong.push(`${name} is too long`);
    }
    expect(wrong).toEqual([]);
  });
});
