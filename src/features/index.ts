export {
  type BuildFeaturesOptions,
  buildFeatures,
  type FeatureMatrix,
} from './build-features.js';
export { type CausalityViolation, checkCausality } from './check-causality.js';
export { DEFAULT_FEATURES } from './default-features.js';
export { type Derivation, type Derive, type DocumentedFeature, defineFeature, type Feature } from './feature.js';
export { type Targets, targetsOf } from './targets.js';
