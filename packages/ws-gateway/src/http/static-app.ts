import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sirv from 'sirv';
import { answerText, type Route, setSecurityHeaders } from './answer.ts';

/** Paths that are views of the app, not files. */
const VIEWS = /^\/(?:$|r\/|j\/)/;
/** Vite puts a content hash into the name of everything below /assets. */
const HASHED = '/assets/';

const HOW_TO_BUILD = [
  'The web app has not been built.',
  '',
  'Build it:            pnpm turbo run build',
  'or develop on it:    pnpm turbo run dev',
  '',
  'The bridge for other clients is at /bridge.',
].join('\n');

/** Serves the built web app from `root`; each view answers with index.html. An app that is built later is found. */
export function createStaticApp(root: string): Route {
  let app: Route | undefined;
  return (exchange) => {
    if (app === undefined && existsSync(join(root, 'index.html'))) app = createBuiltApp(root);
    return (app ?? missingApp)(exchange);
  };
}

function createBuiltApp(root: string): Route {
  const files = sirv(root, { etag: true, dotfiles: false, brotli: true, gzip: true });
  return (exchange) => {
    const { request, response, path } = exchange;
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const isView = VIEWS.test(path);
    const isDocument = isView || path.endsWith('.html');
    if (isView) request.url = '/';
    setSecurityHeaders(exchange, path.startsWith(HASHED) && !isDocument ? 'asset' : 'document');
    files(request, response, () => {
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      answerText(exchange, 404, 'NOT_FOUND');
    });
    return true;
  };
}

const missingApp: Route = (exchange) => {
  const { method } = exchange.request;
  if ((method !== 'GET' && method !== 'HEAD') || !VIEWS.test(exchange.path)) return false;
  answerText(exchange, 503, HOW_TO_BUILD);
  return true;
};
