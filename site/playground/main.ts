// The entry of the page: what is chosen goes to workers, what they answer is shown. Nothing is sent anywhere.
import { type Asked, askWorker } from './ask-worker.js';
import { priceText } from './price-text.js';
import type { ChronosAnswer, Fault, Forecasts, MarketName, Source, Trained } from './request.js';
import type { Score } from './score.js';
import { showFan } from './show-fan.js';
import { showScores, showSteps } from './show-tables.js';
import type { SimulatedName } from './simulated-bars.js';

const find = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const series = find<HTMLSelectElement>('series');
const market = find<HTMLSelectElement>('market');
const file = find<HTMLInputElement>('file');
const order = find<HTMLSelectElement>('order');

/** The forecasters that are asked on demand, by the ids of their buttons. */
const ENGINES = ['chronos', 'train'] as const;
const controls = find<HTMLFormElement>('controls');

const MARKET_OF: Record<SimulatedName, MarketName> = { 'stock-krw': 'krx', 'stock-usd': 'us', 'coin-usd': 'every-day' };
const CURRENCY_OF: Record<string, string> = { 'stock-krw': 'KRW', 'stock-usd': 'USD', 'coin-usd': 'USD' };

let dropped: { name: string; bytes: Uint8Array } | undefined;
let running: Asked<unknown>[] = [];
let shown:
  | {
      answer: Forecasts;
      scores: readonly Score[];
      /** What engines answered, in the order in which they did. */
      more: readonly (ChronosAnswer | Trained)[];
      chosen: string;
    }
  | undefined;

start();

function start(): void {
  if (new URLSearchParams(location.search).has('framed')) document.body.dataset.framed = '';
  followTheme();
  addEventListener('storage', followTheme);
  restore();
  series.addEventListener('change', () => {
    if (series.value !== 'file') market.value = MARKET_OF[series.value as SimulatedName];
    void forecast();
  });
  for (const control of [market, order]) control.addEventListener('change', () => void forecast());
  for (const radio of controls.querySelectorAll('[name="horizon"]')) {
    radio.addEventListener('change', () => void forecast());
  }
  controls.addEventListener('submit', (event) => event.preventDefault());
  file.addEventListener('change', () => void take(file.files?.[0]));
  for (const engine of ENGINES) find(engine).addEventListener('click', () => void askEngine(engine));
  for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'] as const) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      document.body.classList.toggle('over', name === 'dragenter' || name === 'dragover');
      if (name === 'drop') void take(event.dataTransfer?.files[0]);
    });
  }
  // a file that was dropped onto the site around this page
  addEventListener('message', ({ origin, data }) => {
    if (origin === location.origin && data?.dropped instanceof File) void take(data.dropped);
  });
  new ResizeObserver(() => draw()).observe(find('fan'));
  void forecast();
}

/** Light or dark as the site around it was set to; without that as the system is. */
function followTheme(): void {
  const chosen = localStorage.getItem('vitepress-theme-appearance');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}

/** Reads a file that was chosen or dropped, and forecasts it. */
async function take(chosen: File | undefined): Promise<void> {
  if (chosen === undefined) return;
  try {
    dropped = { name: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer()) };
  } catch (error) {
    fail('fault', { message: `${chosen.name} cannot be read: ${error instanceof Error ? error.message : error}` });
    return;
  }
  const option = series.querySelector<HTMLOptionElement>('[value="file"]')!;
  option.hidden = false;
  option.textContent = chosen.name;
  series.value = 'file';
  if (/^[0-9A-Z]{6}\b/.test(chosen.name)) market.value = 'krx';
  file.value = '';
  await forecast();
}

async function forecast(): Promise<void> {
  for (const asked of running) asked.cancel();
  running = [];
  remember();
  document.body.dataset.market = market.value;
  const horizon = chosenHorizon();
  const asked = ask<Forecasts>({
    kind: 'forecast',
    source: chosenSource(),
    market: market.value as MarketName,
    horizon,
  });
  const { result, fault } = (await asked.answer) as { result?: Forecasts; fault?: Fault };
  fail('fault', fault);
  resetRecord();
  if (result === undefined) {
    shown = undefined;
    find('result').dataset.state = 'fault';
    for (const id of ['fan', 'caption', 'cursor', 'notes']) find(id).replaceChildren();
    showSteps(undefined);
    find('forecasters').hidden = true;
    return;
  }
  shown = { answer: result, scores: [], more: [], chosen: result.forecasts[0].forecaster };
  find('result').dataset.state = 'shown';
  show();
  await replay(result, horizon);
}

async function replay({ series: bars }: Forecasts, horizon: number): Promise<void> {
  const bar = find<HTMLProgressElement>('replay-progress');
  bar.hidden = false;
  bar.value = 0;
  const asked = ask<readonly Score[]>({ kind: 'replay', series: bars, horizon }, (share) => (bar.value = share));
  const { result, fault } = (await asked.answer) as { result?: readonly Score[]; fault?: Fault };
  bar.hidden = true;
  fail('record-fault', fault);
  for (const engine of ENGINES) find<HTMLButtonElement>(engine).disabled = result === undefined;
  if (result === undefined || shown === undefined) return;
  shown = { ...shown, scores: result };
  show();
}

/** Asks an engine, with its progress beside its button; what it answers joins the others. */
async function askEngine(engine: (typeof ENGINES)[number]): Promise<void> {
  if (shown === undefined) return;
  const button = find<HTMLButtonElement>(engine);
  const cancel = find<HTMLButtonElement>(`${engine}-cancel`);
  const bar = find<HTMLProgressElement>(`${engine}-progress`);
  const note = find(`${engine}-note`);
  note.textContent = '';
  bar.removeAttribute('value');
  [bar.hidden, cancel.hidden, button.disabled] = [false, false, true];
  const request = { kind: engine, series: shown.answer.series, horizon: chosenHorizon() } as const;
  const asked = ask<ChronosAnswer | Trained>(request, (share) => {
    bar.value = share;
  });
  const idle = () => {
    [bar.hidden, cancel.hidden, button.disabled] = [true, true, false];
  };
  cancel.onclick = () => {
    asked.cancel();
    idle();
    note.textContent = 'Cancelled.';
    button.focus();
  };
  const { result, fault } = (await asked.answer) as { result?: ChronosAnswer | Trained; fault?: Fault };
  idle();
  if (fault !== undefined) note.textContent = `${fault.code ?? 'Failed'}: ${fault.message}`;
  if (result === undefined || shown === undefined) return;
  if ('gains' in result) note.textContent = courseOf(result);
  const { forecaster } = result.forecast;
  const others = shown.more.filter(({ forecast }) => forecast.forecaster !== forecaster);
  shown = { ...shown, more: [...others, result], chosen: forecaster };
  show();
}

function courseOf({ rows, trainedThrough, gains }: Trained): string {
  const names = gains.map(({ name, share }) => `${name} ${Math.round(share * 100)} %`).join(', ');
  return `Trained on ${rows} days up to ${trainedThrough}; the days after judge it. What it looks at most: ${names}.`;
}

function ask<Result>(request: Parameters<typeof askWorker>[0], onProgress?: (share: number) => void): Asked<Result> {
  const asked = askWorker<Result>(request, onProgress);
  running.push(asked);
  return asked;
}

function resetRecord(): void {
  fail('record-fault', undefined);
  showScores([], '');
  find('replay-progress').hidden = true;
  for (const engine of ENGINES) {
    find(`${engine}-note`).textContent = '';
    for (const part of ['progress', 'cancel']) find(`${engine}-${part}`).hidden = true;
    find<HTMLButtonElement>(engine).disabled = true;
  }
}

/** Shows everything that is known. */
function show(): void {
  if (shown === undefined) return;
  const { answer, scores, more, chosen } = shown;
  const forecasts = [...answer.forecasts, ...more.map(({ forecast }) => forecast)];
  const notes = [
    ...answer.notes,
    ...answer.missing.map(({ forecaster, reason }) => `${forecaster} left out: ${reason}.`),
  ];
  find('notes').hidden = notes.length === 0;
  find('notes').textContent = notes.join(' ');
  showChoice(
    forecasts.map(({ forecaster }) => forecaster),
    chosen,
  );
  const forecast = forecasts.find(({ forecaster }) => forecaster === chosen)!;
  const price = priceFormat();
  showSteps({ forecast, answer, price });
  showScores([...scores, ...more.map(({ score }) => score)], chosen);
  const name = series.value === 'file' ? dropped!.name : series.selectedOptions[0].textContent!;
  find('title').textContent = name;
  draw();
}

function draw(): void {
  if (shown === undefined) return;
  const { answer, more, chosen } = shown;
  const forecasts = [...answer.forecasts, ...more.map((one) => one.forecast)];
  const forecast = forecasts.find(({ forecaster }) => forecaster === chosen)!;
  showFan({ forecast, answer, price: priceFormat() });
}

function showChoice(names: readonly string[], chosen: string): void {
  const group = find('forecasters');
  group.hidden = false;
  const box = group.querySelector('.choice')!;
  const now = [...box.querySelectorAll('input')];
  if (now.map(({ value }) => value).join() !== names.join()) {
    box.replaceChildren(
      ...names.map((name) => {
        const label = document.createElement('label');
        const input = Object.assign(document.createElement('input'), {
          type: 'radio',
          name: 'forecaster',
          value: name,
        });
        input.addEventListener('change', () => {
          if (shown === undefined) return;
          shown = { ...shown, chosen: name };
          show();
        });
        label.append(input, Object.assign(document.createElement('span'), { textContent: name }));
        return label;
      }),
    );
  }
  for (const input of box.querySelectorAll('input')) input.checked = input.value === chosen;
}

function fail(id: 'fault' | 'record-fault', fault: Fault | undefined): void {
  const box = find(id);
  box.hidden = fault === undefined;
  box.replaceChildren();
  if (fault === undefined) return;
  if (fault.code !== undefined) {
    const href = `../errors.html#${fault.code.toLowerCase()}`;
    const link = Object.assign(document.createElement('a'), { href, target: '_top' });
    link.append(Object.assign(document.createElement('code'), { textContent: fault.code }));
    box.append(link, ' ');
  }
  box.append(fault.message);
}

function chosenHorizon(): number {
  return Number(controls.querySelector<HTMLInputElement>('[name="horizon"]:checked')!.value);
}

function chosenSource(): Source {
  if (series.value !== 'file') return { kind: 'simulated', name: series.value as SimulatedName };
  const dateOrder = order.value === '' ? undefined : (order.value as 'dmy' | 'mdy');
  return { kind: 'file', ...dropped!, ...(dateOrder && { dateOrder }) };
}

function priceFormat(): (value: number) => string {
  const currency = CURRENCY_OF[series.value] ?? { krx: 'KRW', us: 'USD', 'every-day': '' }[market.value as MarketName];
  return priceText(shown?.answer.series.close.at(-1) ?? 1, currency);
}

/** What is chosen goes into the address, never the data. */
function remember(): void {
  const state = new URLSearchParams({ series: series.value, market: market.value, days: String(chosenHorizon()) });
  history.replaceState(null, '', `#${state}`);
}

function restore(): void {
  const state = new URLSearchParams(location.hash.slice(1));
  const isOffered = (select: HTMLSelectElement, value: string | null): value is string =>
    value !== null && value !== 'file' && [...select.options].some((option) => option.value === value);
  const [name, place] = [state.get('series'), state.get('market')];
  if (isOffered(series, name)) {
    series.value = name;
    market.value = MARKET_OF[name as SimulatedName];
  }
  if (isOffered(market, place)) market.value = place;
  for (const radio of controls.querySelectorAll<HTMLInputElement>('[name="horizon"]')) {
    if (radio.value === state.get('days')) radio.checked = true;
  }
}
