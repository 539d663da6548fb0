import { completeStatement, type Distribution, type Statement } from '../../src/ensemble/index.js';

/** A statement as a distribution around a base close of 100, with a flat band of 0.3 %. */
export function made(statement: Statement, baseClose = 100): Distribution {
  return completeStatement('test', statement, { baseClose, flatBand: 0.003 });
}

/** A distribution with the quantiles low, point and high at 0.1, 0.5 and 0.9. */
export function interval(low: number, point: number, high: number, shares?: Statement['shares']): Distribution {
  return made({ levels: [0.1, 0.5, 0.9], quantiles: [low, point, high], shares });
}
