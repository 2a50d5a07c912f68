import { parseRoom, type RoomTarget } from '../args/room-target.ts';
import type { ChatEvent } from '../chat/chat-event.ts';
import type { ChatPort, ChatRoom } from '../chat/chat-port.ts';
import { CliError } from '../chat/cli-error.ts';
import type { Palette } from '../render/palette.ts';
import { memberLines, roomLines } from '../render/render-list.ts';
import { visibleLine } from '../render/visible-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { COMMAND_HELP, type InputCommand } from './parse-command.ts';

/** What a command works on. */
export interface CommandContext {
  readonly chat: ChatPort;
  readonly room: ChatRoom;
  readonly terminal: Terminal;
  readonly palette: Palette;
  /** Goes to another room. */
  readonly enter: (target: RoomTarget, password: string | undefined) => Promise<void>;
  readonly show: (event: ChatEvent) => void;
}

/** Does what a slash command asks. A refusal is told and the chat goes on. */
export async function runCommand(
  command: Exclude<InputCommand, { kind: 'send' | 'quit' }>,
  context: CommandContext,
): Promise<void> {
  try {
    await act(command, context);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    context.terminal.note(context.palette.warn(visibleLine(error.message)));
  }
}

async function act(
  command: Exclude<InputCommand, { kind: 'send' | 'quit' }>,
  { chat, room, terminal, palette, enter, show }: CommandContext,
): Promise<void> {
  switch (command.kind) {
    case 'nothing':
      return;
    case 'help':
      return terminal.note(COMMAND_HELP);
    case 'wrong':
      return terminal.note(palette.warn(visibleLine(command.explanation)));
    case 'who':
      return terminal.note(memberLines(await room.members(), palette));
    case 'rooms':
      return terminal.note(roomLines(await chat.publicRooms()));
    case 'history':
      for (const event of await room.history(command.count)) show(event);
      return;
    case 'join': {
      const target = parseRoom(command.room);
      if (target !== undefined) await enter(target, command.password);
    }
  }
}
