import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { act } from 'preact/test-utils';
import { createRoot, type Root } from 'react-dom/client';
import { createScriptedBackend, EMPTY_SCRIPT, type Script } from '../tests/scripted-backend.ts';
import { App } from './app.tsx';
import { createApp } from './store/app-store.ts';
import type { RoomView } from './store/model.ts';
import './main.css';

const welcome: RoomView = {
  id: 'r1',
  kind: 'public',
  name: 'welcome',
  topic: 'Say hello',
  code: 'K7F3QX',
  hasPassword: false,
  guestsAllowed: true,
  archived: false,
  memberCount: 2,
  role: 'member',
  unread: 0,
  mentions: 0,
  readSeq: 0,
  headSeq: 0,
  directUserId: '',
};

let place: HTMLElement;
let root: Root | undefined;

beforeEach(() => {
  history.replaceState({}, '', '/');
  localStorage.clear();
  // jsdom lays nothing out and knows no media.
  window.matchMedia = (query) =>
    Object.assign(new EventTarget(), { matches: false, media: query }) as MediaQueryList;
  globalThis.ResizeObserver = class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
  place = document.createElement('div');
  document.body.append(place);
});

afterEach(async () => {
  await act(() => root?.unmount());
  place.remove();
});

async function show(script: Partial<Script>) {
  const scripted = createScriptedBackend({ ...EMPTY_SCRIPT, rooms: [welcome], ...script });
  await act(() => {
    root = createRoot(place);
    root.render(<App app={createApp(scripted.backend)} />);
  });
  await settled();
  return scripted;
}

// Answers of the backend in memory take a few microtasks, and each draws the page anew.
async function settled(): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await act(async () => {
      for (let step = 0; step < 10; step += 1) await Promise.resolve();
    });
  }
}

async function type(selector: string, text: string): Promise<void> {
  await act(() => {
    const field = place.querySelector<HTMLInputElement | HTMLTextAreaElement>(selector);
    if (field === null) throw new Error(`no ${selector}`);
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

async function submit(): Promise<void> {
  await act(() => {
    place
      .querySelector('form')
      ?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  });
  await settled();
}

test('[UX1] a name and one button lead into #welcome', async () => {
  const { calls } = await show({});
  expect(place.textContent).toContain('What should we call you?');
  await type('input[name=display-name]', 'Ana');
  await submit();
  expect(calls).toContain('createGuest Ana');
  expect(location.pathname).toBe('/r/r1');
  expect(place.querySelector('textarea')?.placeholder).toBe('Message welcome');
});

test('[UX24] a name in use is said in words beside the field', async () => {
  await show({});
  await type('input[name=display-name]', 'taken');
  await submit();
  expect(place.querySelector('[role=alert]')?.textContent).toMatch(/already uses that name/u);
});

test('[UX2] a link shows the room before it asks for a name', async () => {
  history.replaceState({}, '', '/j/k7f-3qx');
  const preview = {
    name: 'Book club',
    topic: '',
    memberCount: 3,
    hasPassword: true,
    guestsAllowed: true,
    invitedBy: 'Bo',
  };
  const { calls } = await show({ previews: { K7F3QX: preview } });
  expect(place.textContent).toContain('Bo invites you to this room.');
  expect(place.querySelector('input[type=password]')).not.toBeNull();
  await type('input[name=display-name]', 'Ana');
  await submit();
  expect(calls).toEqual(expect.arrayContaining(['createGuest Ana', 'join K7F3QX']));
});

test('[UX2] a wrong code says so and leads on', async () => {
  history.replaceState({}, '', '/j/nothere');
  await show({});
  expect(place.textContent).toContain('This code opens no room');
  expect(place.textContent).toContain('Go to the start page');
});

test('[UX12] what is typed is sent, and kept as a draft until then', async () => {
  const { calls } = await show({ me: { id: 'me', name: 'Kim', username: '', guest: true } });
  await type('textarea', 'hello');
  expect(calls).toContain('typing true');
  await submit();
  expect(calls).toContain('send hello');
  expect(place.querySelector('textarea')?.value).toBe('');
});

test('[UX4] the end of a session leads to the start page and says why', async () => {
  const scripted = await show({ me: { id: 'me', name: 'Kim', username: '', guest: true } });
  await act(() => scripted.tell({ kind: 'signed-out', code: 'TOKEN_EXPIRED' }));
  expect(place.textContent).toContain('You have been signed out');
});
