import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Terminal } from './terminal.ts';

/** Pipes: events on stdout, the program's own words on stderr, nothing drawn. */
export function createPlainTerminal(stdin: Readable, stdout: Writable, stderr: Writable): Terminal {
  const reader = createInterface({ input: stdin, crlfDelay: Infinity, terminal: false });
  // Taken now: lines that come before somebody iterates would be lost.
  const lines = reader[Symbol.asyncIterator]();
  return {
    interactive: false,
    lines,
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    close: () => reader.close(),
  };
}
