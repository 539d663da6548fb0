// What other rooms of this house use of this one, and hosts do not: index.ts is what is published.
export { wilsonInterval } from './wilson-interval.js';
