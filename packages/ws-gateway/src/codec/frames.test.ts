import { describe, expect, test } from '@jest/globals';
import { bridge, encodeClientFrame, encodeServerFrame } from '@chat/protocol';
import * as fc from 'fast-check';
import { isDeeperThan } from './json-depth.ts';
import { buildCreditFrame, buildMessageFrame } from './message-frame.ts';
import { readPlainFrame } from './plain-frame.ts';
import { OPCODE, websocketFrame, websocketPayloadBytes } from './websocket-frame.ts';

const callIds = fc.integer({ min: 1, max: 0xffff_ffff });
const payloads = fc.uint8Array({ maxLength: 300 });

describe('hand-written frames', () => {
  test('[FRM2] a message frame is byte-identical with the generated encoder', () => {
    fc.assert(
      fc.property(callIds, payloads, (callId, message) => {
        const generated = encodeServerFrame({ callId, message });
        expect(buildMessageFrame('proto', callId, message)).toEqual(
          websocketFrame(OPCODE.binary, generated),
        );
      }),
      { seed: 1 },
    );
  });

  test('[FRM2] a credit frame is byte-identical with the generated encoder', () => {
    fc.assert(
      fc.property(callIds, fc.integer({ min: 1, max: 0xffff_ffff }), (callId, credit) => {
        expect(buildCreditFrame('proto', callId, credit)).toEqual(
          websocketFrame(OPCODE.binary, encodeServerFrame({ callId, credit })),
        );
      }),
      { seed: 1 },
    );
  });

  test('[FRM2] the fast reader and the generated decoder agree on what both read', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.option(payloads, { nil: undefined }),
        fc.boolean(),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        (callId, message, end, credit) => {
          const bytes = Buffer.from(
            encodeClientFrame({
              callId,
              end,
              credit,
              ...(message === undefined ? {} : { message }),
            }),
          );
          const frame = readPlainFrame(bytes);
          const payload = message === undefined ? undefined : { payload: Buffer.from(message) };
          expect(frame).toMatchObject({ callId, end, credit, bytes: bytes.length });
          expect(frame?.message).toEqual(payload);
        },
      ),
      { seed: 2 },
    );
  });

  test('[FRM6] the fast reader reads nothing that the generated decoder reads otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const frame = readPlainFrame(Buffer.from(bytes));
        if (frame === undefined) return;
        const generated = bridge.ClientFrame.decode(bytes);
        expect(frame).toMatchObject({
          callId: generated.callId,
          end: generated.end,
          credit: generated.credit,
        });
      }),
      { seed: 3, numRuns: 20_000 },
    );
  });
});

test.each([
  [0, 2],
  [125, 2],
  [126, 4],
  [65_535, 4],
  [65_536, 10],
])('[FRM1] a payload of %d bytes has a WebSocket header of %d', (bytes, header) => {
  const frame = websocketFrame(OPCODE.binary, Buffer.alloc(bytes));
  expect(frame.length).toBe(bytes + header);
  expect(websocketPayloadBytes(frame)).toBe(bytes);
});

test.each([
  ['{}', 1, false],
  ['{"a":[]}', 1, true],
  ['{"a":"[[[["}', 1, false],
  [String.raw`{"a":"\"[[["}`, 1, false],
  ['[[]]', 2, false],
  ['[[[]]]', 2, true],
])('[CALL10] depth of %s is above %d: %s', (text, limit, deeper) => {
  expect(isDeeperThan(Buffer.from(text), limit)).toBe(deeper);
});
