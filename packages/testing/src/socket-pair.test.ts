import { expect, test } from '@jest/globals';
import { createSocketPair, type PairEnd } from './socket-pair.ts';

function listen(end: PairEnd): string[] {
  const heard: string[] = [];
  end.bind({
    onMessage: (bytes) => heard.push(Buffer.from(bytes).toString()),
    onClose: (code) => heard.push(`closed ${code}`),
  });
  return heard;
}

test('nothing moves before flush; then it arrives in order and a goodbye comes last', () => {
  const pair = createSocketPair();
  const left = listen(pair.left);
  const right = listen(pair.right);
  pair.left.send(Buffer.from('one'));
  pair.left.send(Buffer.from('two'));
  pair.left.close(4000);
  expect([left, right]).toEqual([['closed 4000'], []]);
  pair.flush();
  expect(right).toEqual(['one', 'two', 'closed 4000']);
  pair.right.send(Buffer.from('late'));
  expect(pair.flush()).toBe(0);
});

test('a cut loses what is on its way; a paused end hears nothing until released', () => {
  const pair = createSocketPair();
  const left = listen(pair.left);
  const right = listen(pair.right);
  pair.pause('right', true);
  pair.left.send(Buffer.from('held'));
  expect(pair.flush()).toBe(0);
  pair.pause('right', false);
  expect(pair.deliver('right')).toBe(1);
  pair.left.send(Buffer.from('lost'));
  pair.cut();
  expect([left, right]).toEqual([['closed 1006'], ['held', 'closed 1006']]);
});
