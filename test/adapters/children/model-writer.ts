import { folderModels } from '../../../adapters/models/folder.js';
import { argument } from './any-store.js';

/** Puts pair after pair of models into a folder, until it is killed, or whoever started it is gone. Says 'ready', and 'put' after the first. */
const models = folderModels(argument<string>(0));
process.stdin.resume().once('end', () => process.exit());
console.log('ready');
for (let n = 0; ; n++) {
  const text = `${n}\n`.repeat(5000);
  await models.putMany([
    { key: 'C0_h1_reg', text, meta: { n } },
    { key: 'C0_h1_cls', text, meta: { n } },
  ]);
  if (n === 0) console.log('put');
}
