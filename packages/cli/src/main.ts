#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { ExitCode } from './args/exit-codes.ts';
import { type ChatOptions, parseArgs } from './args/parse-args.ts';
import { CliError } from './chat/cli-error.ts';
import { connectChat } from './chat/connect-chat.ts';
import { createPalette, wantsColor } from './render/palette.ts';
import { visibleLine } from './render/visible-text.ts';
import { exitCodeOf, runChat } from './run-chat.ts';
import { createPlainTerminal } from './terminal/plain-terminal.ts';
import { createScreenTerminal } from './terminal/screen-terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

/** A goodbye that takes longer than this is cut off. */
const GOODBYE_MS = 3_000;

const parsed = parseArgs(process.argv.slice(2), process.env, version());
if (parsed.kind === 'stop') {
  process.stdout.write(parsed.stdout);
  process.stderr.write(parsed.stderr);
  process.exitCode = parsed.exitCode;
} else {
  process.exit(await main(parsed.options));
}

async function main(options: ChatOptions): Promise<ExitCode> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    // Whoever asks twice does not want to wait for the goodbye.
    if (interruption.signal.aborted) process.exit(ExitCode.INTERRUPTED);
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // `| head` has seen enough.
  process.stdout.on('error', interrupt);

  const onScreen = process.stdin.isTTY && process.stdout.isTTY && !options.json;
  const palette = createPalette(wantsColor(process.stdout.isTTY && !options.json, process.env));
  let terminal: Terminal | undefined;
  const note = (text: string): void => {
    if (terminal === undefined) process.stderr.write(`${text}\n`);
    else terminal.note(text);
  };
  try {
    const chat = await connectChat(options, interruption.signal, (news) => {
      note(
        palette.warn(
          news.kind === 'lost'
            ? `--- connection lost${news.reason === '' ? '' : ` (${visibleLine(news.reason)})`}, trying again ---`
            : '--- connected again ---',
        ),
      );
    });
    try {
      terminal = onScreen
        ? createScreenTerminal({ stdin: process.stdin, stdout: process.stdout }, interrupt)
        : createPlainTerminal(process.stdin, process.stdout, process.stderr);
      return await runChat({
        options,
        chat,
        terminal,
        palette,
        timeZone: undefined,
        interrupted: interruption.signal,
      });
    } finally {
      terminal?.close();
      await Promise.race([chat.close(), new Promise((resolve) => setTimeout(resolve, GOODBYE_MS))]);
    }
  } catch (error) {
    if (error instanceof CliError) {
      if (interruption.signal.aborted) return ExitCode.INTERRUPTED;
      process.stderr.write(`chat: ${visibleLine(error.message)}\n`);
      return exitCodeOf(error);
    }
    process.stderr.write(
      `chat: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return ExitCode.FAULT;
  }
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return hasVersion ? String(manifest.version) : 'unknown';
}
