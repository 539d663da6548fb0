import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const REPO = fileURLToPath(new URL('../..', import.meta.url));

const bundled = new Set<string>();

/** Removes what bundleChild made. */
export async function removeBundles(): Promise<void> {
  for (const folder of bundled) await rm(folder, { recursive: true, force: true });
  bundled.clear();
}

/** Bundles test/adapters/children/NAME.ts so that plain Node runs it, and returns the path. `removeBundles` is for afterAll. */
export async function bundleChild(name: string): Promise<string> {
  // inside node_modules, from where packages are found
  const outdir = join(REPO, 'node_modules/.cache/chronolight-test', `${name}-${process.pid}`);
  await mkdir(outdir, { recursive: true });
  bundled.add(outdir);
  await build({
    entryPoints: { [name]: join(REPO, `test/adapters/children/${name}.ts`) },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    format: 'esm',
    target: 'node20',
    platform: 'node',
    logLevel: 'error',
  });
  return join(outdir, `${name}.mjs`);
}

/** A child process, and what it wrote. */
export interface Child {
  process: ChildProcess;
  /** Resolves when it has ended: its exit code (null when it was killed) and its output. */
  ended: Promise<{ code: number | null; output: string; errors: string }>;
}

/** Starts a bundled child with JSON arguments. */
export function startChild(path: string, args: readonly unknown[], env: Record<string, string> = {}): Child {
  // Node's word on its own SQLite is none of the child's
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path, ...args.map((arg) => JSON.stringify(arg))],
    {
      env: { ...process.env, ...env },
      stdio: 'pipe',
    },
  );
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<{ code: number | null; output: string; errors: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, output, errors }));
  });
  return { process: child, ended };
}

/** Runs a child to its end and returns what it printed as JSON. Rejects with its errors if it failed. */
export async function runChild<T>(path: string, args: readonly unknown[], env?: Record<string, string>): Promise<T> {
  const { code, output, errors } = await startChild(path, args, env).ended;
  if (code !== 0) throw new Error(`the child ended with ${code}: ${errors}`);
  return JSON.parse(output) as T;
}
