import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT, helpText } from '../../adapters/cli/command-table.js';
import { readCall } from '../../adapters/cli/read-call.js';

const page = (name: string) => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');

describe('docs/command.md, service.md and guides/hosts.md', () => {
  it('show the help as it is', () => {
    expect(/```text\n([\s\S]*?)\n```/.exec(page('command'))![1]).toBe(helpText());
  });

  it('name every exit code', () => {
    const named = [...page('command').matchAll(/^\| (\d+) \|/gm)].map((match) => Number(match[1]));
    expect(named).toEqual(Object.values(EXIT));
  });

  it('show calls that the command takes', () => {
    const shell = [...page('command').matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
      block.trim().split('\n'),
    );
    const units = [...page('guides/hosts').matchAll(/^ExecStart=.*chronolight\.js (.*)$/gm)].map(([, call]) => call);
    expect(units.length).toBeGreaterThan(0);
    const calls = [...shell.map((line) => line.split(' ').slice(1)), ...units.map((call) => call.split(' '))];
    expect(calls.length).toBeGreaterThan(7);
    for (const argv of calls) expect(readCall(argv).command).toBe(argv[0]);
    // every call in running text: `chronolight scorecard --config ...`
    for (const name of ['command', 'service', 'scorecard']) {
      for (const [, call] of page(name).matchAll(/`chronolight ([a-z][^`]*--[^`]*)`/g)) {
        expect(readCall(call.split(' ')).command).toBe(call.split(' ')[0]);
      }
    }
  });
});
