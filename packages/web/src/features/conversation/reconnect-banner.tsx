import { useEffect, useState } from 'react';
import { useApp, useAppState } from '../../store/app-store.ts';
import { codeWords } from '../../store/error-words.ts';
import { bannerOf } from './banner-of.ts';

const TICK_MS = 250;

/** Says that the line is broken once that lasts, counts down to the next attempt, and goes away by itself. */
export function ReconnectBanner() {
  const app = useApp();
  const connection = useAppState((state) => state.connection);
  const [brokenSinceMs, setBrokenSinceMs] = useState<number | undefined>(undefined);
  const [nowMs, setNowMs] = useState(() => Date.now());
  const broken = connection.kind !== 'online';
  useEffect(() => {
    setBrokenSinceMs(broken ? Date.now() : undefined);
  }, [broken]);
  useEffect(() => {
    if (!broken) return undefined;
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [broken]);
  const banner = bannerOf(connection, brokenSinceMs, nowMs);
  return (
    <div className={banner === undefined ? 'banner' : 'banner is-shown'} role="status">
      {banner === undefined ? null : banner.kind === 'ended' ? (
        <>
          <span>{codeWords(banner.code)}</span>
          <button type="button" className="link-button" onClick={() => location.reload()}>
            Reload
          </button>
        </>
      ) : (
        <>
          <span className="spinner" aria-hidden="true" />
          <span>
            {banner.long
              ? 'Still no connection. You can read and write; it is sent when the line is back.'
              : 'Reconnecting…'}
          </span>
          {/* The number changes each second: shown, not spoken. */}
          <span aria-hidden="true">{banner.seconds > 0 ? `in ${banner.seconds} s` : ''}</span>
          <button type="button" className="link-button" onClick={() => app.backend.reconnectNow()}>
            Try now
          </button>
        </>
      )}
    </div>
  );
}
