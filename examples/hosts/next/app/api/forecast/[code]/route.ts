import { isForecastError, predict } from 'chronolight';
import { context } from '../../../../forecasts.js';

/** What a fault of the question answers; whatever else went wrong is ours. */
const STATUS: Partial<Record<string, number>> = { UNKNOWN_CODE: 404, SERIES_TOO_SHORT: 422, TIMEOUT: 504 };

export async function GET(request: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params;
  try {
    const { baseDate, baseClose, steps } = await predict(code, context, { horizons: [1, 5], signal: request.signal });
    const brief = steps.map(({ horizon, targetDate, pointClose, ciLow, ciHigh, probUp, probFlat, probDown }) => {
      return { horizon, targetDate, pointClose, ciLow, ciHigh, probUp, probFlat, probDown };
    });
    return Response.json({ code, baseDate, baseClose, steps: brief });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    const fault = isForecastError(error) ? error.code : 'UNEXPECTED';
    return Response.json({ error: fault }, { status: STATUS[fault] ?? 500 });
  }
}
