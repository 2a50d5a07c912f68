import { ExitCode } from './args/exit-codes.ts';
import type { ChatOptions } from './args/parse-args.ts';
import type { ChatEvent } from './chat/chat-event.ts';
import type { ChatPort, ChatRoom } from './chat/chat-port.ts';
import { CliError } from './chat/cli-error.ts';
import { runCommand } from './commands/run-command.ts';
import { parseCommand } from './commands/parse-command.ts';
import { createSendQueue } from './commands/send-queue.ts';
import type { Palette } from './render/palette.ts';
import { renderEvent } from './render/render-event.ts';
import { renderJson } from './render/render-json.ts';
import { visibleLine } from './render/visible-text.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What a run of the program works with. */
export interface ChatRun {
  readonly options: ChatOptions;
  readonly chat: ChatPort;
  readonly terminal: Terminal;
  readonly palette: Palette;
  readonly timeZone: string | undefined;
  /** Ctrl+C, SIGTERM or a closed output. */
  readonly interrupted: AbortSignal;
}

type Ending = 'quit' | 'input-end' | 'interrupted' | { readonly reason: string };

/**
 * Enters the room, shows it and sends what is typed, until someone ends it. Resolves with the exit code.
 * The room is left by closing the chat, which ends the guest.
 */
export async function runChat(run: ChatRun): Promise<ExitCode> {
  const { options, chat, terminal } = run;
  let room: ChatRoom | undefined;
  const queue = createSendQueue((text, error) =>
    terminal.note(
      run.palette.warn(`not sent: ${visibleLine(text.slice(0, 60))}: ${error.message}`),
    ),
  );

  const show = (event: ChatEvent): void =>
    terminal.print(
      options.json
        ? renderJson(event, room?.name ?? '')
        : renderEvent(event, { palette: run.palette, timeZone: run.timeZone }),
    );

  const enter = async (
    target: ChatOptions['room'],
    password: string | undefined,
  ): Promise<void> => {
    const next = await chat.enter(target, password);
    await queue.drain();
    if (room !== undefined && room.roomId !== next.roomId) await room.leave();
    room = next;
    if (terminal.interactive) terminal.note(run.palette.dim(welcomeText(next)));
    await next.open(options.historyCount, show);
  };

  const readInput = async (): Promise<Ending> => {
    for await (const line of terminal.lines) {
      const command = parseCommand(line);
      if (command.kind === 'quit') return 'quit';
      if (room === undefined) continue;
      if (command.kind === 'send') await queue.send(room, command.text);
      else await runCommand(command, { chat, room, terminal, palette: run.palette, enter, show });
    }
    return 'input-end';
  };

  const interruption = once(run.interrupted);
  const finish = async (ending: Ending): Promise<ExitCode> => {
    // What was typed before /quit or the end of a pipe still goes out.
    const hasEnded = typeof ending === 'object';
    if (!hasEnded && ending !== 'interrupted')
      await Promise.race([queue.drain(), interruption, chat.ended]);
    if (hasEnded) terminal.note(run.palette.warn(visibleLine(ending.reason)));
    if (ending === 'interrupted') return ExitCode.INTERRUPTED;
    if (hasEnded) return ExitCode.ENDED;
    return queue.failures() === 0 && queue.waiting() === 0 ? ExitCode.OK : ExitCode.NOT_SENT;
  };

  try {
    await enter(options.room, options.password);
    const input = readInput();
    let ending = await Promise.race([input, interruption, chat.ended]);
    if (ending === 'input-end' && options.follow)
      ending = await Promise.race([interruption, chat.ended]);
    return await finish(ending);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    terminal.note(run.palette.warn(`chat: ${visibleLine(error.message)}`));
    return exitCodeOf(error);
  }
}

/** The exit code that tells of an error of the chat port. */
export function exitCodeOf(error: CliError): ExitCode {
  switch (error.kind) {
    case 'unreachable':
      return ExitCode.UNREACHABLE;
    case 'refused':
      return ExitCode.REFUSED;
    case 'fault':
      return ExitCode.FAULT;
  }
}

function welcomeText(room: ChatRoom): string {
  const topic = room.topic === '' ? '' : ` | ${visibleLine(room.topic)}`;
  const code = room.code === '' ? '' : ` | code ${visibleLine(room.code)}`;
  return `--- #${visibleLine(room.name)}${topic}${code} | /help lists the commands ---`;
}

function once(signal: AbortSignal): Promise<'interrupted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('interrupted');
    else signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
}
