import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { drawErDiagrams, erDiagramSvg, placeTables, readErDiagram } from '../../docs/.vitepress/er-diagram.js';

// test/adapters/schema-page.test.ts holds the text to the tables of a database; this holds the picture to the text
const page = readFileSync(fileURLToPath(new URL('../../docs/schema.md', import.meta.url)), 'utf8');
const text = /```mermaid\n([\s\S]*?)```/.exec(page)![1];
const { tables, relations } = readErDiagram(text);

describe('the picture of the tables', () => {
  it('has every table and column, with its type, key and note', () => {
    const svg = erDiagramSvg(text);
    expect(tables.map(({ name }) => name)).toContain('job_runs');
    expect(tables.reduce((sum, { columns }) => sum + columns.length, 0)).toBe(text.match(/^ {4}\w+ \w+/gm)!.length);
    for (const { name, columns } of tables) {
      expect(svg).toContain(`class="name">${name}</text>`);
      for (const { name: column, type, key, note } of columns) {
        expect(svg).toContain(`${key ? ' class="key"' : ''}>${column}</text>`);
        expect(svg).toContain(`>${key ? 'key · ' : ''}${type}</text>`);
        // a long one stands on two lines
        expect(svg.replace(/(<[^>]*>)+/g, ' ')).toContain(note);
      }
    }
    expect(relations).toEqual([
      { from: 'predictions', to: 'prediction_outcomes', ends: '||--o|', label: 'code, base_date, horizon' },
    ]);
    expect(svg).toContain('one of predictions to none or one of prediction_outcomes, by code, base_date, horizon');
  });

  it('lays no table over another', () => {
    const places = [...placeTables(tables).values()];
    for (const [i, a] of places.entries()) {
      for (const b of places.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    }
  });

  it('takes the place of a mermaid block, and of no other', () => {
    const markdown = { renderer: { rules: { fence: () => 'as usual' } } };
    drawErDiagrams(markdown);
    const { fence } = markdown.renderer.rules as unknown as { fence(tokens: object[], index: number): string };
    expect(fence([{ info: 'mermaid', content: text }], 0)).toBe(erDiagramSvg(text));
    expect(fence([{ info: 'sql', content: '' }], 0)).toBe('as usual');
  });

  it.each([
    ['flowchart\n  a --> b', 'not an erDiagram: flowchart'],
    ['erDiagram\n  a }o--o{ b : "x"\n  a {\n  }\n  b {\n  }', 'a relation that cannot be drawn yet'],
    ['erDiagram\n  a {\n    text\n  }', 'not understood in an erDiagram: text'],
  ])('refuses what it cannot draw: %j', (wrong, message) => {
    expect(() => erDiagramSvg(wrong)).toThrow(message);
  });
});
