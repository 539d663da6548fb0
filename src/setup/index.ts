export { type ContextOptions, createContext } from './create-context.js';
export { type ReferenceOptions, referenceSetup } from './reference-setup.js';
