import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The names that come from two entries, and why. Everything else has one entry. */
const IN_TWO: Readonly<Record<string, string>> = {
  // the main job is one import, and each of its parts is usable alone
  ...Object.fromEntries(
    ['krx', 'loadChronos', 'chronosMember', 'pooledLgbm']
      .concat(['predict', 'predictAndStore', 'matchOutcomes', 'retrain', 'createScheduler', 'scorecard', 'explain'])
      .map((name) => [name, 'the main job']),
  ),
  SqlStore: 'what either SQL store returns; a host has one of the two',
  HttpFailure: 'what either source over HTTP throws; a host may have one of the two',
};

/** Returns the names that a module of ours exports, types included. */
function namesOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
  if (/^export (\*|default)/m.test(text)) throw new Error(`${file} hides what it exports`);
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list]) => list.split(','));
  const declared = text.matchAll(/^export (?:async )?(?:abstract )?(?:function\*?|interface|type|const|class) (\w+)/gm);
  return [
    ...listed.map((name) => name.trim().replace(/^type |^.* as /g, '')).filter(Boolean),
    ...[...declared].map(([, name]) => name),
  ];
}

const entries = Object.entries(manifest.exports).flatMap(([entry, target]) =>
  typeof target === 'string'
    ? []
    : [{ entry, names: namesOf(target.types.replace('./dist/types/', '').replace(/\.d\.ts$/, '.ts')) }],
);

describe('the entries', () => {
  it('give each name from one of them, but for those that say why', () => {
    const homes = new Map<string, string[]>();
    for (const { entry, names } of entries) {
      for (const name of new Set(names)) homes.set(name, [...(homes.get(name) ?? []), entry]);
    }
    expect(homes.size).toBeGreaterThan(300);
    const twice = [...homes].filter(([, where]) => where.length > 1);
    expect(twice.filter(([name]) => IN_TWO[name] === undefined)).toEqual([]);
    expect(Object.keys(IN_TWO).filter((name) => !twice.some(([found]) => found === name))).toEqual([]);
  });

  it('keep those that the first user named', () => {
    const known = entries.map(({ entry }) => entry);
    expect(known).toEqual(
      expect.arrayContaining(['./features', './chronos', './lgbm', './weights', './ensemble', './pipeline']),
    );
  });

  it('tell what the main job needs from the front door', () => {
    const front = entries.find(({ entry }) => entry === '.')?.names;
    const job = Object.keys(IN_TWO).filter((name) => IN_TWO[name] === 'the main job');
    expect(front).toEqual(expect.arrayContaining([...job, 'createContext', 'referenceSetup', 'ForecastError']));
  });
});
