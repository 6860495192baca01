const PATHS = {
  accepted: 'M3 8.5 6.5 12 13 4.5',
  refused: 'M4 4l8 8M12 4l-8 8',
  unknown: 'M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M8 12.4v.1',
  alert: 'M8 2.2 14.4 13.4H1.6ZM8 6.6v3M8 11.6v.1',
  pending: 'M8 2.5A5.5 5.5 0 1 0 13.5 8M8 5v3l2 1.4',
  client: 'M2.5 8h11M9.5 4l4 4-4 4',
  server: 'M13.5 8h-11M6.5 4l-4 4 4 4',
  lock: 'M4 7.5h8v6H4ZM5.5 7.5V5.2a2.5 2.5 0 0 1 5 0v2.3',
  clip: 'M12.5 7.2 7.8 12a2.8 2.8 0 0 1-4-4l5-5a1.9 1.9 0 0 1 2.7 2.7l-4.9 4.9a.9.9 0 0 1-1.3-1.3l4.4-4.4',
  file: 'M4 1.8h5.2L12.5 5v9.2H4ZM9 1.8V5.2h3.5',
  save: 'M8 2v8M4.5 6.8 8 10.2l3.5-3.4M2.8 13.5h10.4',
  discard: 'M2.8 4.2h10.4M6.2 4V2.5h3.6V4M4 4.2l.7 9.3h6.6l.7-9.3',
  tray: 'M2 9.2 4 3h8l2 6.2v4H2ZM2 9.2h3.6L6.8 11h2.4l1.2-1.8H14',
  back: 'M10 3 5 8l5 5',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  copy: 'M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3',
  chevron: 'M6 4l4 4-4 4',
} as const;

export type IconName = keyof typeof PATHS;

/** A 16-pixel sign; it says nothing to assistive technology, so a word stands beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
