import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createReceiveWindow, createSendWindow } from './credit.ts';

test('[FC2] a sender may overdraw its window by one message', () => {
  const window = createSendWindow(100);
  expect(window.open).toBe(true);
  window.spend(99);
  expect(window.open).toBe(true);
  window.spend(1_000);
  expect(window.open).toBe(false);
  window.grant(998);
  expect(window.open).toBe(false);
  window.grant(3);
  expect(window.open).toBe(true);
});

test('[FC3] grants add up to no more than 2^31', () => {
  const window = createSendWindow(1);
  for (let index = 0; index < 10; index += 1) window.grant(2 ** 32 - 1);
  window.spend(2 ** 31);
  expect(window.open).toBe(false);
});

test('[FC3] a receiver grants when half a window has been taken', () => {
  const window = createReceiveWindow(1_000);
  expect(window.receive(600)).toBe(true);
  expect(window.receive(600)).toBe(true);
  expect(window.receive(1)).toBe(false);
  expect(window.consume(499)).toBe(0);
  expect(window.consume(101)).toBe(600);
  expect(window.receive(1)).toBe(true);
});

test('[FC2] [FC4] a sender that keeps to its window never overruns the receiver', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.array(fc.integer({ min: 64, max: 70_000 }), { maxLength: 200 }),
      (initial, costs) => {
        const sender = createSendWindow(initial);
        const receiver = createReceiveWindow(initial);
        const waiting: number[] = [];
        for (const cost of costs) {
          while (!sender.open) {
            const next = waiting.shift();
            // Everything was consumed: half a window must have been granted.
            if (next === undefined) throw new Error('deadlock');
            sender.grant(receiver.consume(next));
          }
          sender.spend(cost);
          expect(receiver.receive(cost)).toBe(true);
          waiting.push(cost);
        }
      },
    ),
    { numRuns: 500, seed: 11 },
  );
});
