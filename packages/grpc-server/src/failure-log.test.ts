import { expect, test } from '@jest/globals';
import { ProtocolError } from '@chat/protocol';
import { pino } from 'pino';
import { createFailureLog } from './failure-log.ts';
import { createManualTime } from './live/manual-timers.ts';

test('a flood of bad requests gives few lines; faults of ours are all there, with their cause', () => {
  const lines: { code: string; err?: unknown; path?: string }[] = [];
  const log = pino(
    { level: 'debug' },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  );
  const time = createManualTime();
  const logFailure = createFailureLog(log, time);
  const bad = new ProtocolError('BAD_FIELD', { cause: new Error('bytes of the peer') });
  for (let index = 0; index < 1_000; index += 1) logFailure(bad, { path: 'p'.repeat(500) });
  expect(lines).toHaveLength(20);
  expect(lines[0]).toMatchObject({ code: 'BAD_FIELD', path: 'p'.repeat(128) });
  expect(lines[0]).not.toHaveProperty('err');
  const ours = new ProtocolError('INTERNAL', { cause: new Error('a bug') });
  for (let index = 0; index < 30; index += 1) logFailure(ours);
  expect(lines).toHaveLength(50);
  expect(lines.at(-1)).toMatchObject({ code: 'INTERNAL', err: { message: 'a bug' } });
  time.advance(10_000);
  logFailure(bad);
  expect(lines).toHaveLength(51);
});
