import { expect, test } from '@jest/globals';
import { methodByPath } from '@chat/protocol';
import { descriptorSet } from '@chat/protocol/grpc';
import { createTypeRegistry } from '../codec/type-registry.ts';
import { createRouter, exposedMethods } from './router.ts';

const types = createTypeRegistry(descriptorSet());
const methods = exposedMethods(types);

test('[CALL7] exposed are the chat services and health, never the relay', () => {
  const services = new Set(methods.map(({ path }) => path.split('/')[0]));
  expect(services.has('grpc.health.v1.Health')).toBe(true);
  expect([...services].filter((name) => name?.startsWith('relay.'))).toEqual([]);
  expect(methods).toHaveLength(methodByPath.size + 2);
});

test('[CALL10] the types of every exposed method are known', () => {
  for (const { requestType, responseType } of methods) {
    expect(types.message(requestType).typeName).toBe(requestType);
    expect(types.message(responseType).typeName).toBe(responseType);
  }
});

test('[LIM2] only uploads take larger frames', () => {
  const large = methods.filter(({ maxFrameBytes }) => maxFrameBytes > 65_536);
  expect(large.map(({ path }) => path)).toEqual(['chat.v1.MediaService/UploadMedia']);
});

test('[CALL7] names of the language are not methods', () => {
  const router = createRouter(methods, new Map());
  for (const name of ['__proto__', 'constructor', 'toString', ''])
    expect(router(name)).toBeUndefined();
});

test('[CALL7] a method served at the edge is routed there', () => {
  const open = () => {
    throw new Error('not opened in this test');
  };
  const router = createRouter(methods, new Map([['chat.v1.ChatService/Chat', open]]));
  expect(router('chat.v1.ChatService/Chat')).toMatchObject({ kind: 'edge', open });
  expect(router('chat.v1.RoomService/CreateRoom')).toMatchObject({ kind: 'upstream' });
});
