// `pnpm start`: says in one line what is wrong when an older Node runs it, before anything needs the newer one.
const MIN_NODE = [24, 17] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  console.error(
    `chat needs Node ${MIN_NODE.join('.')} or newer, this is ${process.versions.node}. ` +
      'The right one comes with the install: node_modules/.bin/node',
  );
  process.exitCode = 1;
} else {
  await import('./start-production.ts');
}

export {};
