import { answerText, type Route } from './answer.ts';

/** Whether new clients should be sent here; the reason when not. */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: 'draining' | 'no-upstream' };

/** `/healthz`: the process answers. `/readyz`: it can serve. Both without detail for strangers. */
export function createHealthRoutes(readiness: () => Readiness): Route {
  return (exchange) => {
    if (exchange.path === '/healthz') {
      answerText(exchange, 200, 'ok');
      return true;
    }
    if (exchange.path !== '/readyz') return false;
    const state = readiness();
    if (state.ready) answerText(exchange, 200, 'ready');
    else answerText(exchange, 503, state.reason, { 'Retry-After': '1' });
    return true;
  };
}
