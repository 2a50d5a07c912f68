import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline';
import stringWidth from 'string-width';
import type { Terminal } from './terminal.ts';

/** The parts of a terminal that the screen uses. */
export interface ScreenStreams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

const PROMPT = '> ';
/** Lines remembered for the arrow keys. */
const MAX_RECALLED_LINES = 100;

/**
 * A person's terminal: events scroll above, one's own input line stays below them, with history and editing.
 * `onInterrupt` is called for Ctrl+C.
 */
export function createScreenTerminal(streams: ScreenStreams, onInterrupt: () => void): Terminal {
  const { stdin, stdout } = streams;
  const reader = createInterface({
    input: stdin,
    output: stdout,
    terminal: true,
    prompt: PROMPT,
    historySize: MAX_RECALLED_LINES,
    removeHistoryDuplicates: true,
  });
  // Taken now: lines that come before somebody iterates would be lost.
  const typed = reader[Symbol.asyncIterator]();
  let closed = false;
  reader.on('SIGINT', onInterrupt);
  reader.on('close', () => {
    closed = true;
  });

  const above = (text: string): void => {
    if (closed) {
      stdout.write(`${text}\n`);
      return;
    }
    eraseRows(stdout, reader.getCursorPos().rows);
    stdout.write(`${text}\n`);
    redraw();
  };

  const redraw = (): void => {
    // readline would move up by the rows that the input had, but these are erased already.
    // Cast: the property exists on every interface with a terminal, the types leave it out.
    (reader as { prevRows?: number }).prevRows = 0;
    reader.prompt(true);
  };

  async function* lines(): AsyncGenerator<string> {
    reader.prompt();
    for await (const line of typed) {
      // What was typed comes back as an event of the room; the echo would show it twice.
      eraseRows(stdout, Math.ceil((stringWidth(PROMPT + line) + 1) / Math.max(1, stdout.columns)));
      reader.prompt();
      yield line;
    }
  }

  return {
    interactive: true,
    lines: lines(),
    print: above,
    note: above,
    close: () => {
      if (closed) return;
      eraseRows(stdout, reader.getCursorPos().rows);
      reader.close();
    },
  };
}

function eraseRows(stdout: NodeJS.WriteStream, rows: number): void {
  if (rows > 0) moveCursor(stdout, 0, -rows);
  cursorTo(stdout, 0);
  clearScreenDown(stdout);
}
