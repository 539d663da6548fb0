// The entry of the worker that runs the checkpoint which ships with the package, by the runtime which ships with it.
import { loadChronos } from '../../src/chronos/index.js';
import { answerRequests } from './answer-requests.js';
import { askChronos } from './ask-chronos.js';

answerRequests(async (request, onProgress) => {
  if (request.kind !== 'chronos') throw new TypeError('worker.js answers this');
  const model = await loadChronos(new URL('checkpoint/', import.meta.url), { runtime: 'builtin' });
  return askChronos(model, request, onProgress);
});
