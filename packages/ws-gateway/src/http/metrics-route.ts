import { answerText, type Route } from './answer.ts';

/** What the route reads. */
export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

/** `/metrics` for Prometheus, to clients of this machine and of private networks only. */
export function createMetricsRoute(
  source: MetricsSource,
  isAllowed: (address: string) => boolean,
): Route {
  return (exchange) => {
    if (exchange.path !== '/metrics') return false;
    if (!isAllowed(exchange.peer.address)) {
      answerText(exchange, 404, 'NOT_FOUND');
      return true;
    }
    source.text().then(
      (text) => answerText(exchange, 200, text.trimEnd(), { 'Content-Type': source.contentType }),
      () => answerText(exchange, 500, 'INTERNAL'),
    );
    return true;
  };
}
