import { expect, test } from 'vitest';
import { DEFAULT_FEATURES } from '../../src/features/index.js';
import { featuresPage } from './features-page.js';

test('docs/features.md says what the table of features says', async () => {
  await expect(featuresPage(DEFAULT_FEATURES)).toMatchFileSnapshot('../../docs/features.md');
});
