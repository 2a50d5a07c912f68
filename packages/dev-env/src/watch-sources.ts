import { watch } from 'node:fs';

/** Editors write a file in several steps; a change counts when it has been quiet this long. */
const QUIET_MS = 150;

/** Calls `onChange` once for each burst of changes of TypeScript sources below `folders`. Returns the stop function. */
export function watchSources(folders: readonly string[], onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watchers = folders.map((folder) =>
    watch(folder, { recursive: true }, (_event, file) => {
      if (file === null || !file.endsWith('.ts') || file.endsWith('.test.ts')) return;
      clearTimeout(timer);
      timer = setTimeout(onChange, QUIET_MS);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
