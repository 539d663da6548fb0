import { invalid } from '../../errors.js';
import { nodeModule } from '../../host/node.js';

/** Where the hub is, what is known of it here, and who asks. */
export interface HubSettings {
  /** The hub's address, without a slash at the end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** The variable that says that only what is in the cache may be used; undefined: the hub may be asked. */
  readonly offline: string | undefined;
  /** The folder of the cache; undefined where there is no file system. */
  readonly cache: string | undefined;
  /** Milliseconds of silence after which a question to the hub is given up. */
  readonly questionMs: number;
  /** Milliseconds of silence after which a connection that brings a file is given up. */
  readonly downloadMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the settings that the environment makes, by the names that Hugging Face's own libraries read: HF_ENDPOINT,
 * HF_TOKEN (or HUGGING_FACE_HUB_TOKEN, or the file at HF_TOKEN_PATH, or `token` in HF_HOME), HF_HUB_OFFLINE or
 * TRANSFORMERS_OFFLINE, HF_HUB_CACHE (or `hub` in HF_HOME), HF_HUB_ETAG_TIMEOUT, HF_HUB_DOWNLOAD_TIMEOUT (seconds). In
 * paths `~` is the home folder, and `$NAME` a variable.
 *
 * @throws ForecastError INVALID_ARGUMENT for a token that no header can carry, a timeout that is none, `~user`
 * @see https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
export async function hubSettings(env: Environment, files: boolean): Promise<HubSettings> {
  const shared = {
    endpoint: (env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, ''),
    offline: ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find((name) =>
      ['1', 'ON', 'YES', 'TRUE'].includes((env[name] ?? '').toUpperCase()),
    ),
    questionMs: timeout(env, 'HF_HUB_ETAG_TIMEOUT'),
    downloadMs: timeout(env, 'HF_HUB_DOWNLOAD_TIMEOUT'),
  };
  const given = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']
    .map((name) => [name, env[name]?.trim()] as const)
    .find(([, value]) => value);
  if (!files) return { ...shared, token: given && checkToken(...given), cache: undefined };
  const { existsSync, readFileSync } = nodeModule('node:fs');
  const { homedir } = nodeModule('node:os');
  const { join } = nodeModule('node:path');
  const path = (name: string) => expand(name, env[name], env, homedir());
  const home = path('HF_HOME') ?? join(path('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface');
  const tokenFile = path('HF_TOKEN_PATH') ?? join(home, 'token');
  const stored = existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : '';
  return {
    ...shared,
    token: given ? checkToken(...given) : stored === '' ? undefined : checkToken(tokenFile, stored),
    cache: path('HF_HUB_CACHE') ?? path('HUGGINGFACE_HUB_CACHE') ?? join(home, 'hub'),
  };
}

/** Checked here, since fetch names a header that it refuses with its value. */
function checkToken(name: string, token: string | undefined): string | undefined {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  throw invalid('INVALID_ARGUMENT', 'loadChronos', name, 'a token of printable ASCII', 'another text');
}

function timeout(env: Environment, name: string): number {
  const text = env[name] || '10';
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 2e6))
    throw invalid('INVALID_ARGUMENT', 'loadChronos', name, 'seconds above 0, at most 2,000,000', text);
  return 1000 * seconds;
}

/** Returns a path with `~`, `$NAME` and `${NAME}` replaced; undefined for none. */
function expand(name: string, path: string | undefined, env: Environment, home: string): string | undefined {
  if (!path) return undefined;
  if (/^~[^/\\]/.test(path))
    throw invalid(
      'INVALID_ARGUMENT',
      'loadChronos',
      name,
      "a path (the home of another user, '~name', written out)",
      path,
    );
  const whole = path.startsWith('~') ? home + path.slice(1) : path;
  return whole.replace(/\$(?:(\w+)|\{(\w+)\})/g, (text, plain, braced) => env[plain ?? braced] ?? text);
}
