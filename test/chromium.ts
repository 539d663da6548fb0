import { existsSync } from 'node:fs';

/** A Chromium of this machine: what CHROMIUM_PATH names, else a package's; playwright-core brings none. Undefined where there is none. */
export const CHROMIUM = [
  process.env['CHROMIUM_PATH'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path));
