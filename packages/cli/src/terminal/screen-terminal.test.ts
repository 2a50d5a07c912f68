import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createScreenTerminal } from './screen-terminal.ts';

/** Streams that look like a terminal of 40 columns, and what was drawn on it since last asked. */
function createScreen() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 40, rows: 10 });
  // As much of a terminal as readline asks for.
  const streams = {
    stdin: input as unknown as NodeJS.ReadStream,
    stdout: output as unknown as NodeJS.WriteStream,
  };
  return { input, streams, drawn: () => String(output.read() ?? '') };
}

test('what is printed stands above the input line, which stays', async () => {
  const { input, streams, drawn } = createScreen();
  const terminal = createScreenTerminal(streams, () => undefined);
  const next = terminal.lines[Symbol.asyncIterator]().next();
  await Promise.resolve();
  input.write('half a li');
  drawn();
  terminal.print('[00:00:00] Bob: Hi');
  expect(drawn()).toMatch(/Bob: Hi\n.*> half a li/s);
  input.write('ne\r');
  expect(await next).toEqual({ done: false, value: 'half a line' });
  terminal.close();
});

test('an input over several rows is erased by its rows before something is printed', () => {
  const { input, streams, drawn } = createScreen();
  const terminal = createScreenTerminal(streams, () => undefined);
  input.write('x'.repeat(100));
  drawn();
  terminal.print('Hi');
  // 102 columns are three rows: two up, clear, the text, and then the input again.
  expect(drawn().startsWith('\x1b[2A\x1b[1G\x1b[0JHi\n')).toBe(true);
  terminal.close();
});

test('Ctrl+C asks for an interruption, and after close nothing is drawn', () => {
  const { input, streams, drawn } = createScreen();
  let interruptions = 0;
  const terminal = createScreenTerminal(streams, () => {
    interruptions += 1;
  });
  input.write('\x03');
  expect(interruptions).toBe(1);
  terminal.close();
  drawn();
  terminal.note('late');
  expect(drawn()).toBe('late\n');
});
