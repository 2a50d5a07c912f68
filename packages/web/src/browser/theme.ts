export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'chat.theme';

/** The theme the person chose; the same key is read by /theme.js before the first paint. */
export function readTheme(): ThemeChoice {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Applies and remembers a choice. */
export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  applyTheme();
}

/** Applies the remembered choice, or the system's. */
export function applyTheme(): void {
  const choice = readTheme();
  const dark =
    choice === 'dark' ||
    (choice === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document
    .querySelector('meta[name="theme-color"]')
    ?.setAttribute('content', dark ? '#1b1816' : '#f3efe8');
}

/** Follows the system while no theme is chosen; returns how to stop. */
export function followSystemTheme(): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', applyTheme);
  return () => query.removeEventListener('change', applyTheme);
}
