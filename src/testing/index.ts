export type { ConformanceCase, Support, TestFunction } from './conformance.js';
export { type ModelStoreSuiteOptions, type ModelStoreSupport, modelStoreSuite } from './model-store-suite.js';
export { type PriceSourceSuiteOptions, type PriceSourceSupport, priceSourceSuite } from './price-source-suite.js';
export type { StoreSupport } from './store-cases.js';
export { type StoreSuiteOptions, storeSuite } from './store-suite.js';
