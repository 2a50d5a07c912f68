import { expect, test } from '@jest/globals';
import { act } from 'preact/test-utils';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

test('the app renders', async () => {
  const place = document.createElement('div');
  await act(() => {
    createRoot(place).render(<App />);
  });
  expect(place.textContent).toContain('Chat');
});
