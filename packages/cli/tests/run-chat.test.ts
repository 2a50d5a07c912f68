import { expect, test } from '@jest/globals';
import { ExitCode } from '../src/args/exit-codes.ts';
import { parseArgs } from '../src/args/parse-args.ts';
import { createPalette } from '../src/render/palette.ts';
import { runChat } from '../src/run-chat.ts';
import { createMemoryChat, createMemoryTerminal, endlessInput } from './memory-chat.ts';

function start(input: AsyncIterable<string> | Iterable<string>, ...argv: string[]) {
  const parsed = parseArgs(['Alice', ...argv], {}, '0');
  if (parsed.kind !== 'run') throw new Error(parsed.stderr);
  const memory = createMemoryChat();
  const screen = createMemoryTerminal(input);
  const interruption = new AbortController();
  const run = () =>
    runChat({
      options: parsed.options,
      chat: memory.chat,
      terminal: screen.terminal,
      palette: createPalette(false),
      timeZone: 'UTC',
      interrupted: interruption.signal,
    });
  return { ...memory, ...screen, run, interrupt: () => interruption.abort() };
}

test('piped lines are sent in order, awaited, and the program ends with 0', async () => {
  const { run, asked, printed } = start(['hi', '', 'there']);
  expect(await run()).toBe(ExitCode.OK);
  expect(asked).toEqual([
    'enter general',
    'open general 20',
    'send general hi',
    'send general there',
  ]);
  expect(printed).toEqual(['[00:00:00] Alice: hi', '[00:00:00] Alice: there']);
});

test('history comes before what is new', async () => {
  const chat = start(['hi'], 'general', '--history', '1');
  chat.past('Bob', 'very old');
  chat.past('Bob', 'old');
  await chat.run();
  expect(chat.printed).toEqual(['[00:00:00] Bob: old', '[00:00:00] Alice: hi']);
});

test('a line that is refused is told on stderr, the others go out, and the exit code says so', async () => {
  const { run, asked, notes } = start(['bad', 'good']);
  expect(await run()).toBe(ExitCode.NOT_SENT);
  expect(asked).toContain('send general good');
  expect(notes).toEqual(['not sent: bad: that text is not allowed']);
});

test('a wrong password ends with the code of a refusal, the right one enters', async () => {
  expect(await start([], 'locked').run()).toBe(ExitCode.REFUSED);
  expect(await start([], 'locked', '--password', 'secret').run()).toBe(ExitCode.OK);
});

test('/quit sends what was typed before and leaves', async () => {
  const { run, asked } = start(['hi', '/quit', 'never']);
  expect(await run()).toBe(ExitCode.OK);
  expect(asked.slice(2)).toEqual(['send general hi']);
});

test('commands answer apart from the events', async () => {
  const { run, printed, notes } = start(['/who', '/rooms', '/nonsense', '/help']);
  await run();
  expect(printed).toEqual([]);
  expect(notes[0]).toBe('1 members, 1 here\n* Alice (owner)');
  expect(notes[1]).toBe('#general  2 members | all');
  expect(notes[2]).toMatch(/no command \/nonsense/);
  expect(notes[3]).toMatch(/\/join/);
});

test('/join goes to the other room and leaves this one; a refusal stays here', async () => {
  const { run, asked, notes } = start(['/join locked', '/join locked secret', 'hi']);
  expect(await run()).toBe(ExitCode.OK);
  expect(notes).toEqual(['the room has a password']);
  expect(asked.slice(2)).toEqual([
    'enter locked',
    'leave general',
    'open locked 20',
    'send locked hi',
  ]);
});

test('Ctrl+C ends with 130', async () => {
  const { run, interrupt } = start(endlessInput());
  const done = run();
  interrupt();
  expect(await done).toBe(ExitCode.INTERRUPTED);
});

test('an end from the server is told and ends with its own code', async () => {
  const { run, notes, end } = start(endlessInput());
  const done = run();
  end('you were removed');
  expect(await done).toBe(ExitCode.ENDED);
  expect(notes).toEqual(['you were removed']);
});

test('--follow stays after the end of the input, and --json gives objects', async () => {
  const { run, printed, say, interrupt, asked } = start(['hi'], 'general', '--follow', '--json');
  const done = run();
  while (!asked.includes('send general hi')) await Promise.resolve();
  say('Bob', 'later');
  interrupt();
  expect(await done).toBe(ExitCode.INTERRUPTED);
  expect(printed.map((line) => JSON.parse(line).text)).toEqual(['hi', 'later']);
});
