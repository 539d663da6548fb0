import { expect, it } from 'vitest';

const file = '../../docs/.vitepress/search-text.mjs';
const { searchText } = await import(file);

/** As VitePress's: the front matter is taken off and kept. */
const markdown = {
  utils: { escapeHtml: (text: string) => text.replaceAll('<', '&lt;') },
  render(source: string, env: { frontmatter?: object }) {
    const [, matter, body] = /^(?:---\n([\s\S]*?)\n---\n)?([\s\S]*)$/.exec(source)!;
    if (matter !== undefined) env.frontmatter = Object.fromEntries(matter.split('\n').map((line) => line.split(': ')));
    return body.replace(/^# (.*)\n?/m, '<h1>$1 <a href="#$1"></a></h1>');
  },
};

it('finds a page by the words that its description alone has, under its heading', () => {
  const page = '---\ndescription: 결과 읽는 법 <1>\n---\n# 시작\n본문';
  expect(searchText(page, {}, markdown)).toBe('<h1>시작 <a href="#시작"></a></h1><p>결과 읽는 법 &lt;1></p>본문');
});

it('gives a page that is laid out by its front matter a heading to be found under', () => {
  const page = '---\ntitle: chronolight\ndescription: 확률 예측\n---\n';
  expect(searchText(page, {}, markdown)).toBe('<h1>chronolight <a href="#chronolight"></a></h1><p>확률 예측</p>');
});

it('leaves pages without a description as they are, and those out that want to be', () => {
  expect(searchText('# A\nb', {}, markdown)).toBe('<h1>A <a href="#A"></a></h1>b');
  expect(searchText('---\ndescription: a\n---\n# A', { path: 'a.md' }, markdown)).toContain('<p>a</p>');
  const hidden = {
    ...markdown,
    render: (_: string, env: { frontmatter?: object }) => Object.assign(env, { frontmatter: { search: false } }) && 'x',
  };
  expect(searchText('x', {}, hidden)).toBe('');
});
