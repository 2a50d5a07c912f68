import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AnswerKind, securityHeaders } from './security-headers.ts';
import type { RequestPeer } from './trusted-proxies.ts';

/** One request on its way through the routes. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly peer: RequestPeer;
  /** Path without the query, checked and decoded once. */
  readonly path: string;
  /** True while a Vite dev server stands behind us: the content policy is looser. */
  readonly dev: boolean;
}

/** A route: true when it has taken the request (its answer may come later). */
export type Route = (exchange: Exchange) => boolean;

/** Sets security and cache headers for an answer that something else will write. */
export function setSecurityHeaders(exchange: Exchange, kind: AnswerKind): void {
  const headers = securityHeaders(kind, exchange.peer, exchange.dev);
  for (const [name, value] of Object.entries(headers)) exchange.response.setHeader(name, value);
}

/** Answers with a short text (or nothing for 204). */
export function answerText(
  exchange: Exchange,
  status: number,
  text: string,
  extra: Readonly<Record<string, string>> = {},
): void {
  answer(exchange, status, text === '' ? '' : `${text}\n`, 'text/plain; charset=utf-8', extra);
}

/** Answers with JSON. */
export function answerJson(
  exchange: Exchange,
  status: number,
  body: unknown,
  extra: Readonly<Record<string, string>> = {},
): void {
  answer(exchange, status, JSON.stringify(body), 'application/json; charset=utf-8', extra);
}

function answer(
  exchange: Exchange,
  status: number,
  body: string,
  type: string,
  extra: Readonly<Record<string, string>>,
): void {
  const { response } = exchange;
  if (response.headersSent) return;
  setSecurityHeaders(exchange, 'data');
  if (status !== 204) {
    response.setHeader('Content-Type', type);
    response.setHeader('Content-Length', Buffer.byteLength(body));
  }
  for (const [name, value] of Object.entries(extra)) response.setHeader(name, value);
  response.writeHead(status).end(exchange.request.method === 'HEAD' ? undefined : body);
}
