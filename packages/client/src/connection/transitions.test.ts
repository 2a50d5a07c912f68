import { expect, test } from '@jest/globals';
import { CloseCode } from '@chat/protocol';
import { classifyClose } from './classify-close.ts';
import { reconnectDelayMs } from './reconnect-policy.ts';
import type { ConnectionEffect, ConnectionInput, ConnectionState } from './state.ts';
import { nextDueMs } from './clock-transitions.ts';
import { transition } from './transitions.ts';

/** A machine driven by hand: time moves only in `at`. Randomness is the middle of each range. */
function machine() {
  let state: ConnectionState = { name: 'idle' };
  let nowMs = 1_000;
  let sockets = 0;
  const step = (input: ConnectionInput): string[] => {
    const result = transition(state, input, {
      nowMs,
      random: () => 0.5,
      newSocketId: () => (sockets += 1),
    });
    state = result.state;
    return result.effects.map(describe);
  };
  return {
    step,
    at(ms: number) {
      nowMs += ms;
    },
    get state() {
      return state;
    },
    get dueInMs() {
      const dueMs = nextDueMs(state);
      return dueMs === undefined ? undefined : dueMs - nowMs;
    },
    connect(heartbeatMs = 25_000) {
      step({ type: 'start' });
      step({ type: 'token', token: 't' });
      step({ type: 'opened', socketId: sockets });
      return step({ type: 'welcome', socketId: sockets, heartbeatMs });
    },
  };
}

function describe(effect: ConnectionEffect): string {
  const { type, ...rest } = effect;
  return [type, ...Object.values(rest)].join(' ');
}

test('[HS2] token, socket, Hello, Welcome: then calls may be made', () => {
  const m = machine();
  expect(m.step({ type: 'start' })).toEqual(['getToken false']);
  expect(m.step({ type: 'token', token: 't' })).toEqual(['openSocket 1']);
  expect(m.state.name).toBe('connecting');
  expect(m.step({ type: 'opened', socketId: 1 })).toEqual(['sendHello 1 t']);
  expect(m.state.name).toBe('handshaking');
  expect(m.step({ type: 'welcome', socketId: 1, heartbeatMs: 25_000 })).toEqual(['ready 1']);
  expect(m.state.name).toBe('ready');
});

test('a second start, late events of other sockets and a second Welcome change nothing', () => {
  const m = machine();
  m.connect();
  const before = m.state;
  expect(m.step({ type: 'start' })).toEqual([]);
  expect(m.step({ type: 'token', token: 'x' })).toEqual([]);
  expect(m.step({ type: 'opened', socketId: 7 })).toEqual([]);
  expect(m.step({ type: 'welcome', socketId: 1, heartbeatMs: 1 })).toEqual([]);
  expect(m.step({ type: 'socketClosed', socketId: 7, code: 4500, reason: '' })).toEqual(['lost 7']);
  expect(m.state).toBe(before);
});

test('[HB3] after 2.5 silent heartbeats the connection is given up', () => {
  const m = machine();
  m.connect(1_000);
  expect(m.dueInMs).toBe(2_500);
  m.at(2_000);
  m.step({ type: 'heard', socketId: 1 });
  expect(m.dueInMs).toBe(2_500);
  m.at(2_499);
  expect(m.step({ type: 'due' })).toEqual([]);
  m.at(1);
  expect(m.step({ type: 'due' })).toEqual(['closeSocket 1 4004', 'getToken false']);
  expect(m.state.name).toBe('connecting');
});

test('[HB3] waking up late gives a silent connection up at once', () => {
  const m = machine();
  m.connect(1_000);
  m.at(60_000);
  expect(m.step({ type: 'wake' })).toEqual(['closeSocket 1 4004', 'getToken false']);
});

test('waking up in time sends one ping and gives the server 5 s for any frame', () => {
  const m = machine();
  m.connect();
  expect(m.step({ type: 'wake' })).toEqual(['sendPing 1']);
  expect(m.step({ type: 'wake' })).toEqual([]);
  expect(m.dueInMs).toBe(5_000);
  m.step({ type: 'heard', socketId: 1 });
  expect(m.dueInMs).toBe(62_500);
  m.step({ type: 'wake' });
  m.at(5_000);
  expect(m.step({ type: 'due' })).toEqual(['closeSocket 1 4004', 'getToken false']);
});

test('the first try after a loss is at once; then the range doubles from 250 ms to 20 s', () => {
  const m = machine();
  m.connect();
  m.at(10_000);
  expect(m.step({ type: 'socketClosed', socketId: 1, code: 1006, reason: '' })).toEqual([
    'lost 1',
    'getToken false',
  ]);
  const waits: (number | undefined)[] = [];
  for (let socketId = 2; socketId < 12; socketId += 1) {
    m.step({ type: 'token', token: 't' });
    m.step({ type: 'socketClosed', socketId, code: 1006, reason: '' });
    expect(m.state.name).toBe('backingOff');
    waits.push(m.dueInMs);
    m.at(m.dueInMs ?? 0);
    expect(m.step({ type: 'due' })).toEqual(['getToken false']);
  }
  expect(waits).toEqual([125, 250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
});

test('a connection that dies young is not tried again at once', () => {
  const m = machine();
  m.connect();
  m.at(100);
  m.step({ type: 'socketClosed', socketId: 1, code: 1006, reason: '' });
  expect(m.state.name).toBe('backingOff');
});

test('tryNow and wake end the wait', () => {
  for (const type of ['tryNow', 'wake'] as const) {
    const m = machine();
    m.connect();
    m.step({ type: 'socketClosed', socketId: 1, code: 4006, reason: 'busy' });
    expect(m.state).toMatchObject({ name: 'backingOff', reason: 'busy' });
    expect(m.step({ type })).toEqual(['getToken false']);
  }
});

test('[AUTH1] AuthState{refresh} is answered in band', () => {
  const m = machine();
  m.connect();
  expect(m.step({ type: 'authState', socketId: 1, refresh: true })).toEqual(['refreshInBand 1']);
  expect(m.step({ type: 'authState', socketId: 1, refresh: false })).toEqual([]);
});

test('[AUTH3] 4005 comes back with a new token', () => {
  const m = machine();
  m.connect();
  m.at(10_000);
  expect(m.step({ type: 'socketClosed', socketId: 1, code: 4005, reason: '' })).toEqual([
    'lost 1',
    'getToken true',
  ]);
});

test('[HS6] 4500 is tried once with a new token, the second time it is final', () => {
  const m = machine();
  m.connect();
  m.at(10_000);
  const refused = { type: 'socketClosed', code: 4500, reason: 'no valid credential' } as const;
  expect(m.step({ ...refused, socketId: 1 })).toEqual(['lost 1', 'getToken true']);
  m.step({ type: 'token', token: 'new' });
  m.step({ type: 'opened', socketId: 2 });
  m.step({ ...refused, socketId: 2 });
  expect(m.state).toEqual({
    name: 'closed',
    reason: 'invalid-token',
    message: 'no valid credential',
  });
});

test('without a token the machine stops as signed out; a failing callback is tried again', () => {
  const m = machine();
  m.step({ type: 'start' });
  m.step({ type: 'tokenFailed', message: 'offline' });
  expect(m.state).toMatchObject({ name: 'backingOff', reason: 'offline' });
  m.step({ type: 'tryNow' });
  m.step({ type: 'token', token: undefined });
  expect(m.state).toMatchObject({ name: 'closed', reason: 'signed-out' });
});

test.each([
  [1000, 'retry'],
  [1001, 'retry'],
  [1006, 'retry'],
  [1011, 'retry'],
  [1012, 'retry'],
  [4000, 'retry'],
  [4005, 'retry'],
  [4499, 'retry'],
  [4500, 'invalid-token'],
  [4501, 'protocol-fault'],
  [4503, 'signed-out'],
  [4504, 'too-many-connections'],
  [4505, 'version-unsupported'],
  [4506, 'forbidden'],
  [4507, 'protocol-fault'],
  [4999, 'protocol-fault'],
  [1002, 'protocol-fault'],
  [1008, 'forbidden'],
])('[ERR5] close code %i: %s', (code, expected) => {
  const advice = classifyClose(code);
  expect(advice.kind === 'retry' ? 'retry' : advice.reason).toBe(expected);
});

test.each(Object.entries(CloseCode))('[ERR5] %s (%i) comes back exactly below 4500', (_, code) => {
  expect(classifyClose(code).kind).toBe(code < 4500 ? 'retry' : 'stop');
});

test('[DR3] after GoAway the new socket is ready before the old one is given up', () => {
  const m = machine();
  m.connect();
  m.at(10_000);
  expect(m.step({ type: 'goAway', socketId: 1, reconnectAfterMs: 0 })).toEqual(['getToken false']);
  m.step({ type: 'token', token: 't' });
  m.step({ type: 'opened', socketId: 2 });
  expect(m.step({ type: 'welcome', socketId: 2, heartbeatMs: 1_000 })).toEqual([
    'ready 2',
    'retire 1',
  ]);
  expect(m.step({ type: 'socketClosed', socketId: 1, code: 1012, reason: '' })).toEqual(['lost 1']);
  expect(m.state.name).toBe('ready');
});

test('[DR3] the wait that the server asks for wins, and ends the same when the old socket goes first', () => {
  const m = machine();
  m.connect();
  m.at(10_000);
  m.step({ type: 'goAway', socketId: 1, reconnectAfterMs: 7_000 });
  expect([m.state.name, m.dueInMs]).toEqual(['backingOff', 7_000]);
  m.at(3_000);
  expect(m.step({ type: 'socketClosed', socketId: 1, code: 1012, reason: '' })).toEqual(['lost 1']);
  expect([m.state.name, m.dueInMs]).toEqual(['backingOff', 4_000]);
});

test('stop closes every socket and is final', () => {
  const m = machine();
  m.connect();
  m.at(10_000);
  m.step({ type: 'goAway', socketId: 1, reconnectAfterMs: 0 });
  m.step({ type: 'token', token: 't' });
  expect(m.step({ type: 'stop' })).toEqual(['closeSocket 2 1000', 'closeSocket 1 1000']);
  expect(m.dueInMs).toBeUndefined();
  expect(m.step({ type: 'start' })).toEqual([]);
});

test('a try that hangs is given up: 15 s for token and socket, 10 s for Welcome', () => {
  const m = machine();
  m.step({ type: 'start' });
  expect(m.dueInMs).toBe(15_000);
  m.step({ type: 'token', token: 't' });
  m.at(15_000);
  expect(m.step({ type: 'due' })).toEqual(['closeSocket 1 1000']);
  m.at(m.dueInMs ?? 0);
  m.step({ type: 'due' });
  m.step({ type: 'token', token: 't' });
  m.step({ type: 'opened', socketId: 2 });
  expect(m.dueInMs).toBe(10_000);
});

test('jitter covers the whole range and the server’s wait wins over it', () => {
  expect(reconnectDelayMs(0, () => 0.99)).toBe(0);
  expect([0, 0.5, 0.999].map((draw) => reconnectDelayMs(3, () => draw))).toEqual([0, 500, 999]);
  expect(reconnectDelayMs(40, () => 0.999)).toBe(19_980);
  expect(reconnectDelayMs(0, () => 0, 1_234)).toBe(1_234);
});
