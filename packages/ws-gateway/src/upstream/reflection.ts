import { fromBinary } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Metadata, status as Status } from '@grpc/grpc-js';
import {
  decodeAnswer,
  encodeQuestion,
  type ReflectionAnswer,
  type ReflectionQuestion,
} from './reflection-messages.ts';
import type { OpenUpstreamCall, UpstreamCall, UpstreamStatus } from './upstream-call.ts';

/** What a server says about itself. */
export interface ReflectedServer {
  /** Full names of its services. */
  readonly services: readonly string[];
  /** Their files and all that those import, imports first. */
  readonly files: readonly FileDescriptorProto[];
}

/** A server did not tell what it serves. */
export class ReflectionError extends Error {
  override readonly name = 'ReflectionError';
  readonly grpcStatus: number | undefined;

  constructor(message: string, grpcStatus: number | undefined) {
    super(message);
    this.grpcStatus = grpcStatus;
  }
}

const REFLECTION_TIMEOUT_MS = 5_000;
/** A server with more is not one that anybody wants behind a bridge as a whole. */
const MAX_SERVICES = 200;
const MAX_FILES = 1_000;
const VERSIONS = ['v1', 'v1alpha'] as const;

interface Conversation {
  ask(question: ReflectionQuestion): Promise<ReflectionAnswer>;
  close(): void;
}

/** One reflection stream; questions are asked one after the other. */
function converse(open: OpenUpstreamCall, version: string): Conversation {
  let pending: PromiseWithResolvers<ReflectionAnswer> | undefined;
  let over: ReflectionError | undefined;
  const onEnded = ({ code, details }: UpstreamStatus): void => {
    over = new ReflectionError(details, code);
    pending?.reject(over);
  };
  const call: UpstreamCall = open(
    {
      path: `grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      metadata: new Metadata(),
      timeoutMs: REFLECTION_TIMEOUT_MS,
    },
    {
      onHeaders: () => undefined,
      onMessage(bytes) {
        try {
          pending?.resolve(decodeAnswer(bytes));
        } catch (cause) {
          pending?.reject(cause);
        }
      },
      onEnded,
    },
  );
  return {
    ask(question) {
      if (over !== undefined) return Promise.reject(over);
      pending = Promise.withResolvers();
      call.write(encodeQuestion(question), () => undefined);
      return pending.promise;
    },
    close: () => call.cancel(),
  };
}

async function listServices(conversation: Conversation): Promise<readonly string[]> {
  const answer = await conversation.ask({ ask: 'services' });
  if (answer.kind !== 'services') throw new ReflectionError('no list of services', undefined);
  if (answer.names.length > MAX_SERVICES) throw new ReflectionError('too many services', undefined);
  return answer.names;
}

/** Collects files and their imports, each once, imports first. */
class FileCollector {
  readonly files: FileDescriptorProto[] = [];
  readonly #known = new Map<string, FileDescriptorProto>();
  readonly #placed = new Set<string>();
  readonly #conversation: Conversation;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  async addService(name: string): Promise<void> {
    const answer = await this.#conversation.ask({ ask: 'fileOfSymbol', name });
    for (const file of this.#learn(answer)) await this.#place(file);
  }

  async #place(file: FileDescriptorProto): Promise<void> {
    if (this.#placed.has(file.name)) return;
    // Before its imports: a cycle, which protobuf does not allow, must not be followed for ever.
    this.#placed.add(file.name);
    for (const name of file.dependency) {
      if (!this.#known.has(name)) {
        this.#learn(await this.#conversation.ask({ ask: 'fileByName', name }));
      }
      const imported = this.#known.get(name);
      if (imported === undefined) throw new ReflectionError(`no file ${name}`, undefined);
      await this.#place(imported);
    }
    this.files.push(file);
  }

  #learn(answer: ReflectionAnswer): FileDescriptorProto[] {
    if (answer.kind !== 'files') throw new ReflectionError('no file', undefined);
    const files = answer.files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
    for (const file of files) this.#known.set(file.name, file);
    if (this.#known.size > MAX_FILES) throw new ReflectionError('too many files', undefined);
    return files;
  }
}

async function reflectVersion(
  open: OpenUpstreamCall,
  version: string,
  isWanted: (service: string) => boolean,
): Promise<ReflectedServer> {
  const conversation = converse(open, version);
  try {
    const services = (await listServices(conversation)).filter(isWanted);
    const collector = new FileCollector(conversation);
    for (const service of services) await collector.addService(service);
    return { services, files: collector.files };
  } finally {
    conversation.close();
  }
}

/**
 * Asks a server which services it has, by the standard reflection service in either
 * version. Rejects with ReflectionError, within 5 s for each version.
 */
export async function reflectServer(
  open: OpenUpstreamCall,
  isWanted: (service: string) => boolean,
): Promise<ReflectedServer> {
  let last: unknown;
  for (const version of VERSIONS) {
    try {
      return await reflectVersion(open, version, isWanted);
    } catch (error) {
      last = error;
      const isOtherVersion =
        error instanceof ReflectionError && error.grpcStatus === Status.UNIMPLEMENTED;
      if (!isOtherVersion) throw error;
    }
  }
  throw last;
}
