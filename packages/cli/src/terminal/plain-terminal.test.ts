import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createPlainTerminal } from './plain-terminal.ts';

test('lines that come before anybody reads are kept, the last one also without a line break', async () => {
  const stdin = new PassThrough();
  const terminal = createPlainTerminal(stdin, new PassThrough(), new PassThrough());
  stdin.write('first\r\nsecond\n');
  await nextTurn();
  stdin.end('third');
  await nextTurn();
  const lines: string[] = [];
  for await (const line of terminal.lines) lines.push(line);
  expect(lines).toEqual(['first', 'second', 'third']);
});

test('events go to stdout and notes to stderr', () => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const terminal = createPlainTerminal(new PassThrough(), stdout, stderr);
  terminal.print('event');
  terminal.note('note');
  terminal.close();
  expect(String(stdout.read())).toBe('event\n');
  expect(String(stderr.read())).toBe('note\n');
});
