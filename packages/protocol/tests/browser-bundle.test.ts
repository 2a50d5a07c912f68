import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from '@jest/globals';
import { type OutputChunk, rolldown } from 'rolldown';

// What any bridge client needs, and what a chat client needs besides.
const BRIDGE = `
  export { decodeServerFrame, encodeClientFrame, encodeMessageFrame, encodeCreditFrame, frameCost,
    BRIDGE_SUBPROTOCOLS, CloseCode, isReconnectable, ProtocolError, fromStatusDetails } from 'door';`;
const CHAT = `${BRIDGE} export { ChatRequest, ChatResponse, parseSeq, toWireSeq } from 'door';`;

const DOOR = fileURLToPath(new URL('../src/index.ts', import.meta.url));

async function bundle(entry: string): Promise<OutputChunk> {
  const build = await rolldown({
    input: 'entry',
    platform: 'browser',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : id === 'door' ? DOOR : undefined),
        load: (id) => (id === 'entry' ? entry : undefined),
      },
    ],
    external: builtinModules.flatMap((name) => [name, `node:${name}`]),
  });
  const { output } = await build.generate({
    format: 'esm',
    minify: true,
    sourcemapIgnoreList: false,
  });
  await build.close();
  return output[0];
}

const gzipKb = (chunk: OutputChunk) => gzipSync(chunk.code).length / 1024;

let whole: OutputChunk;
let bridge: OutputChunk;
let chat: OutputChunk;

beforeAll(async () => {
  whole = await bundle(`export * from 'door';`);
  bridge = await bundle(BRIDGE);
  chat = await bundle(CHAT);
}, 60_000);

test('the isomorphic door reaches no Node built-in and no gRPC', () => {
  expect([...whole.imports, ...whole.dynamicImports]).toEqual([]);
  expect(whole.moduleIds.filter((id) => id.includes('grpc-js'))).toEqual([]);
});

test('a client takes only the part it uses, and that stays small', () => {
  process.stdout.write(
    `@chat/protocol in a browser, gzip: ${gzipKb(bridge).toFixed(1)} kB for the bridge, ${gzipKb(chat).toFixed(1)} kB with the chat stream, ${gzipKb(whole).toFixed(1)} kB whole\n`,
  );
  expect(gzipKb(bridge)).toBeLessThan(14);
  expect(gzipKb(chat)).toBeLessThan(19);
  expect(gzipKb(whole)).toBeLessThan(50);
});
