// The entry of a thread of the built-in runtime: opens one network, and runs batches on it.

import { isForecastError } from '../../../../errors.js';
import { nodeModule } from '../../../../host/node.js';
import { memorySource } from '../../../checkpoint/safetensors.js';
import type { OrtSession } from '../../runtime.js';
import { openBoltSession } from '../bolt-session.js';
import { PlainTensor } from '../builtin-session.js';
import type { RunReply, RunRequest } from './run-message.js';

const { parentPort } = nodeModule('node:worker_threads');
let session: OrtSession | undefined;
// Outside of a thread there is nobody to answer.
parentPort?.on('message', async (request: RunRequest) => {
  const id = request.kind === 'run' ? request.id : 0;
  parentPort.postMessage(await answer(request, id));
});

async function answer(request: RunRequest, id: number): Promise<RunReply> {
  try {
    if (request.kind === 'open') {
      const { config, ends, precision, tensors, bytes } = request;
      session = await openBoltSession(config, { source: memorySource('weights', bytes), tensors }, { ends, precision });
      return { id };
    }
    const { patches, mask, batch, count } = request;
    const { quantiles } = await session!.run({
      patches: new PlainTensor('float32', patches, [batch, count]),
      patch_mask: new PlainTensor('float32', mask, [batch, count]),
    });
    return { id, quantiles: quantiles.data as Float32Array };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id, error: isForecastError(error) ? { message, code: error.code } : { message } };
  }
}
