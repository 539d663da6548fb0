import { ForecastError } from '../../src/errors.js';
import { checkModelKey } from '../../src/store/check-fields.js';
import { checkModelEntry } from '../../src/store/check-queries.js';
import type { ModelEntry, ModelStore } from '../../src/store/model-store.js';
import { commit, type FileChange, finishCommit, openFolder, readFiles } from './commit.js';
import { compactFile, readCompactFile } from './compact-file.js';
import { fileNameOf, keyOfFileName } from './file-names.js';

const META = '.meta';
const COMPACT = '.compact';
/** The content of a meta file whose model was put without meta, and likewise: replaced like any other, where a removal could come too late. */
const NOTHING = '';

/**
 * Returns a model store in a folder: one text file a model (`005930_h1_reg.txt`), which LightGBM itself can read. Puts
 * are flushed to the disk and all or nothing, also several at once and when the process is killed midway. Processes may
 * share the folder. It is made when it is missing.
 *
 * @throws ForecastError from its methods: `INVALID_KEY`, `INVALID_ARGUMENT`; `STORE_FAILED` with `cause` if the folder
 *   cannot be read or written
 *
 * @example
 * const context = createContext({ market: krx, prices, store, models: folderModels('models/') });
 */
export function folderModels(folder: string): Required<ModelStore> {
  let opened: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** Runs the work on the opened folder, after the work before it. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(async () => {
      try {
        opened ??= openFolder(folder, [META, COMPACT]);
        await opened;
        return await work();
      } catch (cause) {
        opened = undefined;
        if (cause instanceof ForecastError || !(cause instanceof Error && 'code' in cause)) throw cause;
        throw new ForecastError('STORE_FAILED', `folderModels: ${cause.message}`, { cause, actual: folder });
      }
    });
    last = result.catch(() => {});
    return result;
  };

  const putAll = async (entries: readonly ModelEntry[]) => {
    const unique = [...new Map(entries.map((entry) => [entry.key, entry])).values()];
    await inTurn(async () => {
      if (unique.length === 0) return;
      const changes = await Promise.all(unique.map(changesOf));
      await commit(folder, changes.flat());
    });
  };

  return {
    async get(key) {
      const name = fileNameOf(checkModelKey(key, { where: 'folderModels.get', path: '' }));
      return inTurn(() => readText(folder, `${name}.txt`));
    },
    async getMany(keys) {
      const names = keys.map((key) => fileNameOf(checkModelKey(key, { where: 'folderModels.getMany', path: '' })));
      const paths = names.map((name) => `${name}.txt`);
      return inTurn(async () => (await readFiles(folder, paths)).map((content) => content?.toString('utf8')));
    },
    async getMeta(key) {
      const name = fileNameOf(checkModelKey(key, { where: 'folderModels.getMeta', path: '' }));
      return inTurn(async () => {
        const stored = await readText(folder, `${META}/${name}`);
        return stored === undefined || stored === NOTHING ? undefined : metaOf(stored, key);
      });
    },
    async getCompact(keys) {
      const names = keys.map((key) => fileNameOf(checkModelKey(key, { where: 'folderModels.getCompact', path: '' })));
      const paths = names.flatMap((name) => [`${COMPACT}/${name}`, `${name}.txt`]);
      return inTurn(async () => {
        const contents = await readFiles(folder, paths);
        return Promise.all(names.map((_, i) => readCompactFile(contents[2 * i], contents[2 * i + 1])));
      });
    },
    async put(key, text, meta) {
      await putAll([checkModelEntry({ key, text, meta }, 'folderModels.put')]);
    },
    async putMany(entries) {
      await putAll(entries.map((entry) => checkModelEntry(entry, 'folderModels.putMany')));
    },
    async list(prefix = '') {
      return inTurn(async () => {
        await finishCommit(folder);
        const { readdir } = await import('node:fs/promises');
        const keys = (await readdir(folder))
          .filter((name) => name.endsWith('.txt'))
          .map((name) => keyOfFileName(name.slice(0, -'.txt'.length)))
          .filter((key) => key?.startsWith(prefix));
        return (keys as string[]).sort();
      });
    },
  };
}

/** What belongs to a model always changes together: a put that looked first whether there is a meta could miss one put meanwhile. */
async function changesOf({ key, text, meta, compact }: ModelEntry): Promise<FileChange[]> {
  const name = fileNameOf(key);
  return [
    { path: `${name}.txt`, content: text },
    { path: `${META}/${name}`, content: meta === undefined ? NOTHING : JSON.stringify(meta) },
    { path: `${COMPACT}/${name}`, content: compact === undefined ? NOTHING : await compactFile(text, compact) },
  ];
}

async function readText(folder: string, path: string): Promise<string | undefined> {
  const [content] = await readFiles(folder, [path]);
  return content?.toString('utf8');
}

function metaOf(text: string, key: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (cause) {
    throw new ForecastError('CORRUPT_ROW', `folderModels: the meta of ${key} cannot be read back`, {
      cause,
      actual: key,
    });
  }
}
