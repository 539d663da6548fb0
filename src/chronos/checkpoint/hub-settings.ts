/** Where the hub is, what is known of it here, and who asks. */
export interface HubSettings {
  /** The hub's address, without a slash at the end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** Whether only what is in the cache may be used. */
  readonly offline: boolean;
  /** The folder of the cache; undefined where there is no file system. */
  readonly cache: string | undefined;
}

/**
 * Returns the settings that the environment makes, by the names that Hugging Face's own libraries read: HF_ENDPOINT,
 * HF_TOKEN (or the file at HF_TOKEN_PATH, or `token` in HF_HOME), HF_HUB_OFFLINE, HF_HUB_CACHE (or `hub` in HF_HOME).
 *
 * @see https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
export async function hubSettings(
  env: Readonly<Record<string, string | undefined>>,
  files: boolean,
): Promise<HubSettings> {
  const endpoint = (env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, '');
  const offline = ['1', 'ON', 'YES', 'TRUE'].includes((env['HF_HUB_OFFLINE'] ?? '').toUpperCase());
  if (!files) return { endpoint, offline, token: env['HF_TOKEN'] || undefined, cache: undefined };
  const { existsSync, readFileSync } = await import('node:fs');
  const { homedir } = await import('node:os');
  const { join } = await import('node:path');
  const home = env['HF_HOME'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'huggingface');
  const tokenFile = env['HF_TOKEN_PATH'] || join(home, 'token');
  const stored = existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : undefined;
  return {
    endpoint,
    offline,
    token: env['HF_TOKEN'] || stored || undefined,
    cache: env['HF_HUB_CACHE'] || env['HUGGINGFACE_HUB_CACHE'] || join(home, 'hub'),
  };
}
