import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ClientFrame, ServerFrame } from '../gen/bridge/v1/bridge.ts';
import { ProtocolError } from '../protocol-error.ts';
import {
  decodeFastFrame,
  encodeCreditFrame,
  encodeMessageFrame,
  encodeMessageFrameHeader,
} from './fast-frame.ts';
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
} from './frame-codec.ts';

const SEED = 20_261_120;
const uint32 = () => fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffff_ffff }));
const bytes = () => fc.uint8Array({ maxLength: 300 });

test('[FRM2] the message encoder writes the bytes of the generated one, in both directions', () => {
  fc.assert(
    fc.property(uint32(), bytes(), (callId, message) => {
      const frame = encodeMessageFrame(callId, message);
      expect(Uint8Array.from(frame)).toEqual(
        ClientFrame.encode(ClientFrame.create({ callId, message })).finish(),
      );
      expect(Uint8Array.from(frame)).toEqual(
        ServerFrame.encode(ServerFrame.create({ callId, message })).finish(),
      );
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

test('[FRM2] the credit encoder writes the bytes of the generated one, in both directions', () => {
  fc.assert(
    fc.property(uint32(), uint32(), (callId, credit) => {
      const frame = encodeCreditFrame(callId, credit);
      expect(Uint8Array.from(frame)).toEqual(
        ClientFrame.encode(ClientFrame.create({ callId, credit })).finish(),
      );
      expect(Uint8Array.from(frame)).toEqual(
        ServerFrame.encode(ServerFrame.create({ callId, credit })).finish(),
      );
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

test('[FRM2] lengths at the edges of a varint are byte-identical', () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 65_536, 2_097_151, 2_097_152]) {
    const message = new Uint8Array(length);
    const expected = ClientFrame.encode(ClientFrame.create({ callId: 128, message })).finish();
    expect(Buffer.compare(encodeMessageFrame(128, message), expected)).toBe(0);
    expect(Buffer.concat([encodeMessageFrameHeader(128, length), message]).equals(expected)).toBe(
      true,
    );
  }
});

test('[FRM1] every frame that the fast reader takes reads the same as generated code', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.tuple(uint32(), bytes()).map(([id, message]) => encodeMessageFrame(id, message)),
        fc.tuple(uint32(), uint32()).map(([id, credit]) => encodeCreditFrame(id, credit)),
        fc.uint8Array({ maxLength: 12 }).map((tail) => Uint8Array.of(8, ...tail)),
      ),
      (frame) => {
        fc.pre(decodeFastFrame(frame) !== undefined);
        expect(decodeClientFrame(frame)).toEqual(ClientFrame.decode(frame));
        expect(decodeServerFrame(frame)).toEqual(ServerFrame.decode(frame));
      },
    ),
    { seed: SEED, numRuns: 5_000 },
  );
});

test('[FRM1] a frame with every part comes back as it was', () => {
  const client: ClientFrame = {
    callId: 7,
    control: undefined,
    start: {
      method: 'chat.v1.RoomService/CreateRoom',
      metadata: [{ name: 'x-a', value: 'ü' }],
      timeoutMs: 5_000,
      initialCredit: 1,
    },
    message: new Uint8Array(),
    body: { a: [1, null, { b: 'c' }] },
    end: true,
    cancel: undefined,
    credit: 9,
  };
  expect(decodeClientFrame(encodeClientFrame(client))).toEqual(client);
  const server = ServerFrame.create({
    callId: 7,
    headers: { metadata: [] },
    status: { code: 5, message: 'not found', notProcessed: true },
  });
  expect(decodeServerFrame(encodeServerFrame(server))).toEqual(server);
});

test('[FRM1] random bytes are a frame or a ProtocolError, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (frame) => {
      for (const decode of [decodeClientFrame, decodeServerFrame]) {
        try {
          decode(frame);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    }),
    { seed: SEED, numRuns: 5_000 },
  );
});
