import { expect, test } from '@jest/globals';
import type { ProtocolError } from '../protocol-error.ts';
import { createStreamWriter } from './stream-writer.ts';

function setUp() {
  const sent: string[] = [];
  const cuts: ProtocolError[] = [];
  const timers: { run: () => void; delayMs: number; stopped: boolean }[] = [];
  let open = true;
  let drain: () => void = () => undefined;
  const sink = {
    write(bytes: Buffer) {
      sent.push(bytes.toString());
      return open;
    },
    onDrain(listener: () => void) {
      drain = listener;
    },
  };
  const writer = createStreamWriter(
    sink,
    (text: string) => Buffer.from(text),
    (error) => cuts.push(error),
    {
      maxQueueBytes: 10,
      stallTimeoutMs: 500,
      startTimer(run, delayMs) {
        const timer = { run, delayMs, stopped: false };
        timers.push(timer);
        return () => {
          timer.stopped = true;
        };
      },
    },
  );
  const live = () => timers.filter((timer) => !timer.stopped);
  return {
    writer,
    sent,
    cuts,
    live,
    block: () => (open = false),
    drain: () => ((open = true), drain()),
  };
}

test('[DOOR5] messages leave in order, and wait while the reader is busy', async () => {
  const { writer, sent, block, drain, live } = setUp();
  writer.write('a');
  await writer.drained();
  block();
  writer.write('b');
  writer.write('c');
  expect(sent).toEqual(['a', 'b']);
  expect(writer.queuedBytes).toBe(1);
  const drained = writer.drained();
  drain();
  await drained;
  expect(sent).toEqual(['a', 'b', 'c']);
  expect(live()).toEqual([]);
});

test('[DOOR5] the bound counts bytes: exactly full passes, one more cuts', () => {
  const { writer, cuts, block, live } = setUp();
  block();
  writer.write('x');
  expect(writer.write('0123456789')).toBe(true);
  expect(cuts).toEqual([]);
  expect(writer.write('!')).toBe(false);
  expect(cuts).toMatchObject([{ code: 'SLOW_CONSUMER' }]);
  expect(writer.queuedBytes).toBe(0);
  expect(writer.write('more')).toBe(false);
  expect(cuts).toHaveLength(1);
  expect(live()).toEqual([]);
});

test('[DOOR5] a reader that stands still is cut by the timer, even with little waiting', async () => {
  const { writer, cuts, block, live } = setUp();
  block();
  writer.write('x');
  const drained = writer.drained();
  expect(live()).toMatchObject([{ delayMs: 500 }]);
  live()[0]?.run();
  await drained;
  expect(cuts).toMatchObject([{ code: 'SLOW_CONSUMER' }]);
});

test('[DOOR5] each step of the reader starts the time anew', () => {
  const { writer, block, drain, live } = setUp();
  block();
  writer.write('x');
  const [first] = live();
  drain();
  expect(first?.stopped).toBe(true);
  block();
  writer.write('y');
  expect(live()).toHaveLength(1);
  expect(live()[0]).not.toBe(first);
});

test('a closed writer drops its queue and lets waiters go', async () => {
  const { writer, sent, block, drain, live } = setUp();
  block();
  writer.write('x');
  writer.write('y');
  const drained = writer.drained();
  writer.close();
  await drained;
  drain();
  expect(sent).toEqual(['x']);
  expect(live()).toEqual([]);
});
