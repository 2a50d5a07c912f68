import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { descriptorSet } from '../src/grpc.ts';
import { checkWire } from '../src/index.ts';
import { chatVectors, frameVectors } from '../src/vectors/index.ts';

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet()));

function accepts(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

test('[DOOR1] what the strict door takes, protobuf-es can read too', () => {
  let taken = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...frameVectors, ...chatVectors),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
      fc.option(fc.nat(), { nil: undefined }),
      ({ type, hex }, flips, cut) => {
        const schema = registry.getMessage(type);
        if (schema === undefined) throw new Error(`no message ${type}`);
        const bytes = Buffer.from(hex, 'hex');
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        const input = cut === undefined ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
        if (!accepts(() => checkWire(type, input))) return;
        taken++;
        expect(accepts(() => fromBinary(schema, input))).toBe(true);
      },
    ),
    { seed: 11, numRuns: 5_000 },
  );
  expect(taken).toBeGreaterThan(500);
});
