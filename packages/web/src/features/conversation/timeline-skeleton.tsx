const WIDTHS = [
  'skeleton-w60',
  'skeleton-w40',
  'skeleton-w80',
  'skeleton-w50',
  'skeleton-w70',
] as const;

/** Grey lines where messages will be; they stand at the bottom as messages do. */
export function TimelineSkeleton() {
  return (
    <div className="timeline-skeleton" role="status" aria-label="Loading messages">
      {WIDTHS.map((width) => (
        <div key={width} className="skeleton-message">
          <span className="skeleton skeleton-avatar" />
          <span className="skeleton-lines">
            <span className="skeleton skeleton-line skeleton-w20" />
            <span className={`skeleton skeleton-line ${width}`} />
          </span>
        </div>
      ))}
    </div>
  );
}
