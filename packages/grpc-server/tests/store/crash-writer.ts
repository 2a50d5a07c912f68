// Started by kill.test.ts: sends without end and says on stdout what was acknowledged, until it is killed.
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { act, makeParty, post, room, value } from './fixture.ts';
import { openAt } from './open-store.ts';

const SENDERS = 20;
const [directory = '', run = ''] = process.argv.slice(2);
const store = await openAt(directory, systemClock);
if ((await store.log.head(room('r'))) === undefined) await makeParty(store, 'r', ['ann']);
let next = 0;
const send = async (): Promise<never> => {
  for (;;) {
    next += 1;
    const id = `run-${run}-message-${next}`;
    const { seq } = value(await act(store, 'ann', 'r', post(id)));
    writeSync(1, `${seq} ${id}\n`);
  }
};
await Promise.all(Array.from({ length: SENDERS }, send));
