import type { ChatEvent } from '../chat/chat-event.ts';
import type { Palette } from './palette.ts';
import { visibleLine, visibleText } from './visible-text.ts';

/** How events are written. */
export interface RenderOptions {
  readonly palette: Palette;
  /** IANA name; undefined = the machine's zone. */
  readonly timeZone: string | undefined;
}

/** One event as a line for people, without the line break at its end: `[12:34:56] Bob: Hi`. */
export function renderEvent(event: ChatEvent, options: RenderOptions): string {
  const { palette } = options;
  const clock = `[${clockTime(event.timeMs, options.timeZone)}]`;
  const name = (person: { readonly id: string; readonly name: string }): string =>
    palette.name(person.id, visibleLine(person.name));
  const head = palette.dim(clock);
  switch (event.kind) {
    case 'message': {
      const text = indent(visibleText(event.text), clock.length + 1);
      return `${head} ${name(event.from)}: ${text}${event.edited ? palette.dim(' (edited)') : ''}`;
    }
    case 'edited':
      return `${head} ${name(event.from)} ${palette.dim(`edited ${event.messageSeq}:`)} ${indent(visibleText(event.text), clock.length + 1)}`;
    case 'deleted':
      return `${head} ${palette.dim(`--- a message was deleted by ${visibleLine(event.from.name)}`)}`;
    case 'joined':
      return `${head} ${palette.came('>>>')} ${name(event.from)} joined the room`;
    case 'left':
      return `${head} ${palette.went('<<<')} ${name(event.from)} left the room`;
    case 'kicked':
      return `${head} ${palette.went('<<<')} ${name(event.from)} was removed by ${name(event.by)}${because(event.reason)}`;
    case 'banned':
      return `${head} ${palette.went('<<<')} ${name(event.from)} was banned by ${name(event.by)}${because(event.reason)}`;
    case 'settings':
      return `${head} ${palette.dim(`--- ${visibleLine(event.from.name)} set the room: ${visibleLine(event.name)}${event.topic === '' ? '' : ` | ${visibleLine(event.topic)}`}`)}`;
  }
}

/** HH:MM:SS. */
export function clockTime(timeMs: number, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(timeMs);
}

// A line break inside a message must not look like the beginning of another event.
function indent(text: string, columns: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(columns)}`);
}

function because(reason: string): string {
  return reason === '' ? '' : `: ${visibleLine(reason)}`;
}
