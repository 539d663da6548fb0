import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import manifest from '../package.json' with { type: 'json' };

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Makes a folder as a host has it after an install: the packed package with its dependencies, and the optional peers that are named. The
 * caller removes it.
 */
export async function bareFolder(peers: readonly string[] = []): Promise<string> {
  // its real path: runtimes with permissions judge by it
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'chronolight-bare-')));
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  const home = join(folder, 'node_modules', 'chronolight');
  await mkdir(home, { recursive: true });
  await run('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', home]);
  for (const name of [...Object.keys(manifest.dependencies), ...peers]) {
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'dir');
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

/** Returns the path of a program: what NAME_PATH names, else where PATH has it; undefined where there is none. */
export function programPath(name: string): string | undefined {
  const named = process.env[`${name.toUpperCase().replaceAll('-', '_')}_PATH`];
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return [named ?? '', ...places].find((path) => existsSync(path));
}
