/** True when this file runs from its TypeScript source, so that children must, too. */
const fromSource = import.meta.url.endsWith('.ts');

/** Node's arguments that start `main` of a server package, in the same form (source or build) as this process. */
export function entryArgv(packageName: '@chat/grpc-server' | '@chat/ws-gateway'): string[] {
  const main = new URL(fromSource ? './main.ts' : './main.js', import.meta.resolve(packageName));
  return [...(fromSource ? ['--conditions=chat-source'] : []), main.pathname];
}
