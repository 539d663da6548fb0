import { describe, expect, it } from 'vitest';
import { drawChart, loadChartLibrary } from '../../adapters/report/echarts-svg.js';

describe('loadChartLibrary', () => {
  it('names the remedy when echarts is not installed', async () => {
    const missing = Object.assign(new Error("Cannot find package 'echarts'"), { code: 'ERR_MODULE_NOT_FOUND' });
    await expect(loadChartLibrary(() => Promise.reject(missing))).rejects.toMatchObject({
      code: 'RUNTIME_MISSING',
      field: 'echarts',
      message: expect.stringContaining('install echarts'),
      cause: missing,
    });
  });

  it('refuses a module that is not echarts', async () => {
    await expect(loadChartLibrary(async () => ({ default: {} }))).rejects.toMatchObject({ code: 'RUNTIME_MISSING' });
  });

  it('accepts echarts under a default export', async () => {
    const library = { init: () => undefined };
    expect(await loadChartLibrary(async () => ({ default: library }))).toBe(library);
  });
});

describe('drawChart', () => {
  const size = { width: 200, height: 100, narrow: false };
  const option = {
    xAxis: { type: 'category' as const, data: ['<b>', 'd'] },
    yAxis: { type: 'value' as const },
    series: [{ type: 'line' as const, data: [1, 2], areaStyle: {} }],
  };

  it('numbers clip paths by the chart, not by how many were drawn', async () => {
    const library = await loadChartLibrary();
    const draw = () => drawChart(library, option, size, { id: 'c', title: 'T', description: 'D' });
    const first = draw();
    expect(first).toContain('id="c-c0"');
    expect(draw()).toBe(first);
    expect(first).not.toMatch(/zr\d|ecmeta|<style/);
  });

  it('escapes text inside the chart', async () => {
    const svg = drawChart(await loadChartLibrary(), option, size, { id: 'c', title: 'T', description: 'D' });
    expect(svg).toContain('&lt;b&gt;');
    expect(svg).not.toContain('<b>');
  });
});
