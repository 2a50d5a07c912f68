import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  hostPort,
  onOff,
  oneOf,
  port,
  readSettings,
  setting,
  type SettingsInput,
  textList,
} from './index.ts';

const schema = z.object({
  grpcListen: setting(hostPort().default('0.0.0.0:50051'), {
    env: 'CHAT_GRPC_LISTEN',
    help: 'gRPC',
  }),
  wsPort: setting(port().default(8080), { env: 'CHAT_WS_PORT', help: 'HTTP' }),
  guests: setting(onOff().default(true), { env: 'CHAT_GUESTS', help: 'Guests' }),
  logFormat: setting(oneOf('json', 'pretty').default('json'), {
    env: 'CHAT_LOG_FORMAT',
    help: 'Log',
  }),
  upstreams: setting(textList().default([]), { env: 'CHAT_UPSTREAMS', help: 'More' }),
  secret: setting(z.string().default(''), { env: 'CHAT_SECRET', help: 'Key', secret: true }),
});
const program = { name: 'chat-x', summary: 'A program.', schema };

function read(input: Partial<SettingsInput>) {
  return readSettings(program, {
    argv: [],
    env: {},
    readFile: () => {
      throw new Error('no file');
    },
    ...input,
  });
}

describe('readSettings', () => {
  test('a flag wins over the environment, which wins over the file, which wins over the default', () => {
    const outcome = read({
      argv: ['--ws-port', '1', '--config', 'a.yaml'],
      env: { CHAT_WS_PORT: '2', CHAT_GUESTS: 'off' },
      readFile: () => 'ws-port: 3\nguests: true\nupstreams: [a, b]\n',
    });
    expect(outcome).toMatchObject({
      kind: 'run',
      values: { wsPort: 1, guests: false, upstreams: ['a', 'b'], grpcListen: '0.0.0.0:50051' },
    });
  });

  test('a switch is set without a value and cleared with no-', () => {
    expect(read({ argv: ['--guests'] })).toMatchObject({ values: { guests: true } });
    expect(read({ argv: ['--no-guests'] })).toMatchObject({ values: { guests: false } });
  });

  test('all faults are told at once, with a suggestion for unknown names', () => {
    const outcome = read({
      argv: ['--ws-prt', '1', '--grpc-listen', 'nonsense'],
      env: { CHAT_LOG_FORMATT: 'json', CHAT_GUESTS: 'maybe', CHAT_OTHER_PROGRAM: 'x' },
      readFile: () => '{"log-format":"xml","geusts":true}',
    });
    expect(outcome).toEqual({
      kind: 'faults',
      faults: [
        'flag --ws-prt: unknown; did you mean --ws-port?',
        'environment CHAT_LOG_FORMATT: unknown; did you mean CHAT_LOG_FORMAT?',
        'flag --grpc-listen: must be host:port, such as 127.0.0.1:50051',
        'environment CHAT_GUESTS: must be on or off',
      ],
    });
    expect(
      read({ argv: ['--config=x.json'], readFile: () => '{"log-format":"xml","geusts":true}' }),
    ).toEqual({
      kind: 'faults',
      faults: [
        'file x.json: geusts: unknown; did you mean guests?',
        'file x.json: must be one of json, pretty',
      ],
    });
  });

  test('a config file that is absent or unreadable is a fault', () => {
    expect(read({ argv: ['--config', 'no'] })).toEqual({
      kind: 'faults',
      faults: ['file no: cannot be read'],
    });
    expect(read({ argv: ['--config', 'no'], readFile: () => '{:' })).toMatchObject({
      kind: 'faults',
    });
  });

  test('print shows the source of every value and no secret', () => {
    const outcome = read({ argv: ['config', 'print'], env: { CHAT_SECRET: 'hush' } });
    expect(outcome).toMatchObject({ kind: 'text' });
    const text = outcome.kind === 'text' ? outcome.text : '';
    expect(text).toContain('ws-port: "8080"  # default');
    expect(text).toContain('secret: "(redacted)"  # environment CHAT_SECRET');
    expect(text).not.toContain('hush');
  });

  test('help names every flag, variable and default; check answers in one line', () => {
    const help = read({ argv: ['--help'] });
    expect(help.kind === 'text' ? help.text : '').toMatch(
      /--ws-port\s+CHAT_WS_PORT\s+HTTP \(default: 8080\)/,
    );
    expect(read({ argv: ['config', 'check'] })).toEqual({
      kind: 'text',
      text: 'chat-x: settings are right\n',
    });
  });
});

test('what was given can be handed on as environment; defaults are left out', () => {
  expect(read({ argv: ['--no-guests', '--upstreams', 'a,b'] })).toMatchObject({
    kind: 'run',
    given: { CHAT_GUESTS: 'off', CHAT_UPSTREAMS: 'a,b' },
  });
});
