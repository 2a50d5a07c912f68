import { expect, test } from '@jest/globals';
import { act } from 'preact/test-utils';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './main.css';

test('the app renders', async () => {
  const place = document.createElement('div');
  await act(() => {
    createRoot(place).render(<App />);
  });
  expect(place.textContent).toContain('Chat');
});

test('bytes can be encoded as in a browser', async () => {
  const bytes = new TextEncoder().encode('é');
  expect(bytes).toBeInstanceOf(Uint8Array);
  expect((await crypto.subtle.digest('SHA-256', bytes)).byteLength).toBe(32);
});
