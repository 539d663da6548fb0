import { fanPicture } from './fan-picture.js';
import type { Forecast } from './forecast.js';
import type { Forecasts } from './request.js';

/** What is drawn and told. */
export interface Shown {
  readonly forecast: Forecast;
  readonly answer: Forecasts;
  readonly price: (value: number) => string;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Draws the fan into the page, with a cursor for pointer and keys whose day is told in a line of text. */
export function showFan({ forecast, answer, price }: Shown): void {
  const place = document.getElementById('fan')!;
  const width = Math.max(280, Math.floor(place.clientWidth));
  const narrow = width < 560;
  const { series, dates: ahead } = answer;
  const first = Math.max(0, series.length - (narrow ? 60 : 120));
  const dates = series.dates.slice(first);
  const closes = series.close.subarray(first, series.length);
  const { steps, quantiles } = forecast;
  const height = narrow ? 270 : 360;
  const { svg, days } = fanPicture({ closes, dates, steps, quantiles, ahead, width, height, price });
  place.innerHTML = svg;
  const picture = place.querySelector('svg')!;
  const mark = document.createElementNS(SVG, 'g');
  mark.setAttribute('class', 'cursor');
  picture.append(mark);
  const last = days[days.length - 1];
  const end = quantiles[quantiles.length - 1];
  const caption = `${forecast.forecaster}: ${ahead[last.step - 1]} between ${price(end[1])} and ${price(end[5])} with 80 %; the bands hold 50, 80 and 95 %. Days ahead are drawn wider.`;
  document.getElementById('caption')!.textContent = caption;

  place.tabIndex = 0;
  place.setAttribute('role', 'slider');
  place.setAttribute('aria-label', 'Day');
  place.setAttribute('aria-valuemin', '0');
  place.setAttribute('aria-valuemax', String(days.length - 1));
  let at = days.length - 1;
  point(at);
  place.onkeydown = (event) => {
    const moves: Record<string, number> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: days.length - 1 };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    point(Math.min(days.length - 1, Math.max(0, next)));
  };
  place.onpointerdown = place.onpointermove = (event) => {
    const x = event.clientX - picture.getBoundingClientRect().left;
    let nearest = 0;
    days.forEach((day, k) => {
      if (Math.abs(day.x - x) < Math.abs(days[nearest].x - x)) nearest = k;
    });
    point(nearest);
  };

  function point(index: number): void {
    at = index;
    const { x, y, step, index: row } = days[index];
    mark.innerHTML = `<line x1="${x}" x2="${x}" y1="12" y2="${height - 26}"/><circle cx="${x}" cy="${y}" r="4"/>`;
    const text =
      step === 0
        ? `${dates[row]}: closed at ${price(closes[row])}`
        : `${ahead[step - 1]}: median ${price(quantiles[row][3])}, 80 % from ${price(quantiles[row][1])} to ${price(quantiles[row][5])}`;
    place.setAttribute('aria-valuenow', String(index));
    place.setAttribute('aria-valuetext', text);
    document.getElementById('cursor')!.textContent = text;
  }
}
