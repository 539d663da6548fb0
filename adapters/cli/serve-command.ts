import { createForecastService } from '../service/forecast-service.js';
import type { CommandIo } from './command-io.js';
import { EXIT } from './command-table.js';
import type { CommandCall } from './forecast-commands.js';
import { UsageError } from './usage-error.js';

/** Serves forecasts until stopped; requests in work are answered first. */
export async function serveCommand(
  { context, horizons, output, signal }: CommandCall,
  { port, host, io }: { port: string; host: string | undefined; io: CommandIo },
): Promise<number> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new UsageError(`--port takes a number up to 65535; came ${port}`);
  const token = io.env['CHRONOLIGHT_TOKEN'] || undefined;
  const service = createForecastService(context, { horizons, token });
  const url = await service.listen({ port: Number(port), host });
  output.result({ url, token: token !== undefined }, `listening on ${url}`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await service.stop();
  return EXIT.done;
}
