import { expect, test } from '@jest/globals';
import { COMMAND_HELP, parseCommand } from './parse-command.ts';

const LINES: readonly (readonly [string, unknown])[] = [
  ['hello', { kind: 'send', text: 'hello' }],
  ['  spaces stay  ', { kind: 'send', text: '  spaces stay  ' }],
  ['', { kind: 'nothing' }],
  ['   ', { kind: 'nothing' }],
  ['//etc/hosts', { kind: 'send', text: '/etc/hosts' }],
  ['/quit', { kind: 'quit' }],
  ['/exit', { kind: 'quit' }],
  ['/q ', { kind: 'quit' }],
  ['/help', { kind: 'help' }],
  ['/who', { kind: 'who' }],
  ['/rooms', { kind: 'rooms' }],
  ['/history', { kind: 'history', count: 20 }],
  ['/history 5', { kind: 'history', count: 5 }],
  ['/history 0', { kind: 'wrong', explanation: 'usage: /history [1-100]' }],
  ['/join lounge', { kind: 'join', room: 'lounge', password: undefined }],
  ['/join K7QM-2XPA secret', { kind: 'join', room: 'K7QM-2XPA', password: 'secret' }],
  ['/join', { kind: 'wrong', explanation: 'usage: /join <room> [password]' }],
];

test.each(LINES)('the line %j is read', (line, command) => {
  expect(parseCommand(line)).toEqual(command);
});

test('a wrong command is explained and not sent', () => {
  expect(parseCommand('/quti')).toMatchObject({
    kind: 'wrong',
    explanation: expect.stringContaining('/quti'),
  });
});

test('help names every command', () => {
  for (const word of ['/quit', '/exit', '/q', '/help', '/who', '/history', '/rooms', '/join']) {
    expect(COMMAND_HELP).toContain(word);
  }
});
