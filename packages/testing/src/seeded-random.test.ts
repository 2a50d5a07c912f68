import { expect, test } from '@jest/globals';
import { createSeededRandom } from './seeded-random.ts';
import { createSequentialIds } from './sequential-ids.ts';

test('the same seed draws the same, another seed draws something else', () => {
  const draw = (seed: number) => {
    const random = createSeededRandom(seed);
    return [
      random.next(),
      random.int(10),
      random.pick(['a', 'b', 'c']),
      ...random.shuffle([1, 2, 3, 4]),
    ];
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('draws are spread evenly enough', () => {
  const random = createSeededRandom(1);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 10_000; draw += 1) counts[random.int(10)]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1_150);
});

test('sequential ids are long enough to name a message', () => {
  const id = createSequentialIds('m');
  expect([id(), id()]).toEqual(['m-00000001', 'm-00000002']);
});
