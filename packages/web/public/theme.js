// Runs before the first paint, so that no wrong theme ever shows. Same key as src/browser/theme.ts.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('chat.theme');
  } catch {
    // Storage is forbidden: the system decides.
  }
  const dark =
    choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
