import { expect, test } from '@jest/globals';
import { readSettings } from '@chat/settings';
import { defaultServerConfig, serverSchema, splitHostPort } from './config.ts';

const read = (env: Record<string, string>) =>
  readSettings(
    { name: 'chat-server', summary: '', schema: serverSchema },
    { argv: [], env, readFile: () => '' },
  );

test('the defaults are those of the published table', () => {
  expect(defaultServerConfig()).toMatchObject({
    grpcListen: '0.0.0.0:50051',
    metricsListen: '127.0.0.1:9464',
    dataDir: './data',
    guests: true,
    rateLimits: true,
    reflection: true,
  });
});

test('switches and addresses are read from the environment; an empty metrics address means none', () => {
  const outcome = read({
    CHAT_GUESTS: 'off',
    CHAT_METRICS_LISTEN: '',
    CHAT_GRPC_LISTEN: '[::1]:0',
  });
  expect(outcome).toMatchObject({
    kind: 'run',
    values: { guests: false, metricsListen: '', grpcListen: '[::1]:0' },
  });
  expect(splitHostPort('[::1]:50051')).toEqual({ host: '::1', port: 50_051 });
});

test('wrong settings are all named', () => {
  const outcome = read({ CHAT_GRPC_LISTEN: 'x', CHAT_STORE: 'paper', CHAT_DATA_DIRR: 'y' });
  expect(outcome.kind === 'faults' ? outcome.faults : []).toHaveLength(3);
});
