// What other rooms of this house use of this one, and hosts do not: index.ts is what is published.
export { decodeOwned } from './compact/decode-model.js';
export { threadCount } from './threads/worker-handle.js';
