import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import llms from 'vitepress-plugin-llms';
import { anchorOf } from './anchor.mjs';
import { drawErDiagrams } from './er-diagram.ts';
import { repository, site, version } from './home.mjs';
import { korean } from './korean.mjs';
import { rewriteLinks } from './links.mjs';
import { referencePages } from './reference-pages.mjs';
import { searchText } from './search-text.mjs';

const guides = [
  { text: 'Predict and show', link: '/guides/predict' },
  { text: 'Store, match, learn', link: '/guides/learn' },
  { text: 'On a schedule', link: '/guides/schedule' },
  { text: 'On many machines', link: '/guides/many-machines' },
  { text: 'Where it runs', link: '/guides/hosts' },
  { text: 'Your own model as a member', link: '/guides/own-member' },
  { text: 'Your own store', link: '/guides/own-store' },
  { text: 'Your own prices', link: '/guides/own-prices' },
  { text: 'Backtest honestly', link: '/guides/backtest' },
  { text: 'From the Python system', link: '/guides/from-python-system' },
  { text: "From Python's lightgbm", link: '/lgbm-from-python' },
];

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
/** The pages that are in Korean, too, by their paths within docs/. */
const translated = readdirSync(here('../ko'), { recursive: true })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.md'));

export default defineConfig({
  title: 'chronolight',
  description: 'Probabilistic forecasts for daily prices, in TypeScript',
  base: site.pathname,
  lastUpdated: false,
  head: [['link', { rel: 'icon', href: `${site.pathname}mark.svg`, type: 'image/svg+xml' }]],
  // the fan stands in the middle of the first page: no request to anybody else's host, fonts included
  srcExclude: ['README.md'],
  markdown: {
    anchor: { slugify: anchorOf },
    config(markdown) {
      rewriteLinks(markdown);
      drawErDiagrams(markdown);
    },
  },
  vite: {
    plugins: [
      llms({
        domain: site.origin,
        ignoreFiles: ['api/**', 'ko/**', 'decisions/**', 'changelog.md'],
        description:
          'Probabilistic forecasts for daily prices: Chronos transformers and a byte-exact LightGBM engine in TypeScript.',
      }),
    ],
    build: { chunkSizeWarningLimit: 2000 },
    resolve: { alias: [{ find: /^\.{1,2}\/composables\/langs$/, replacement: here('theme/languages.js') }] },
  },
  themeConfig: {
    logo: '/mark.svg',
    translated,
    socialLinks: [{ icon: 'github', link: repository, ariaLabel: 'The repository' }],
    search: { provider: 'local', options: { _render: searchText, locales: { ko: korean.search } } },
    outline: { level: [2, 3] },
    footer: { message: 'Apache-2.0. For research and display of forecasts; no investment advice.' },
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        nav: [
          { text: 'Start', link: '/start' },
          { text: 'Guides', link: '/guides/predict', activeMatch: '/guides/' },
          { text: 'Reference', link: '/api/', activeMatch: '/api/' },
          { text: 'How good?', link: '/evaluation' },
          { text: `v${version}`, link: '/changelog' },
        ],
        sidebar: {
          '/api/': [{ text: 'Entries', items: referencePages() }],
          '/': [
            {
              text: 'Begin',
              items: [
                { text: 'Start: five minutes', link: '/start' },
                { text: 'Concepts', link: '/concepts' },
              ],
            },
            { text: 'Guides', items: guides },
            {
              text: 'How good, how proven',
              items: [
                { text: 'How good are the forecasts?', link: '/evaluation' },
                { text: 'How it is proven', link: '/proof' },
                { text: 'Beside other libraries', link: '/comparison' },
                { text: 'Model card', link: '/model-card' },
              ],
            },
            {
              text: 'Parts',
              items: [
                { text: 'The command', link: '/command' },
                { text: 'Markets', link: '/markets' },
                { text: 'Adapters', link: '/adapters' },
                { text: 'Scorecard and log', link: '/scorecard' },
                { text: 'Forecasts by HTTP', link: '/service' },
                { text: 'Watch it run', link: '/operations' },
                { text: 'Chronos', link: '/chronos' },
                { text: 'LightGBM', link: '/lgbm' },
                { text: 'LightGBM members', link: '/lgbm-recipes' },
                { text: 'Features', link: '/features' },
              ],
            },
            {
              text: 'Look up',
              items: [
                { text: 'Reference by entry', link: '/api/' },
                { text: 'Errors', link: '/errors' },
                { text: 'Schema', link: '/schema' },
                { text: 'Architecture', link: '/architecture' },
                { text: 'How it grows', link: '/scaling' },
                { text: 'Changes', link: '/changelog' },
              ],
            },
          ],
        },
      },
    },
    ko: { label: '한국어', lang: 'ko', link: '/ko/', themeConfig: korean.theme, description: korean.description },
  },
});
