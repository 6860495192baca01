import { styleText } from 'node:util';

/** What the banner tells. */
export interface Stations {
  /** Origin of the pages. */
  readonly origin: string;
  /** Where mail is taken, and how; undefined where nothing can listen. */
  readonly smtp?: string;
  /** Where STARTTLS shows a certificate to trust. */
  readonly certificate?: string;
  /** What else to know, a sentence each. */
  readonly notes: readonly string[];
}

/** The lines printed once everything listens: where to go. */
export function formatBanner({ origin, smtp, certificate, notes }: Stations): string {
  const row = (label: string, value: string): string => `  ${styleText('dim', label.padEnd(12))}${value}`;
  const lines = [
    `  ${styleText('bold', 'Posthaste')} ${styleText('dim', 'demo')}`,
    '',
    row('Compose', styleText('cyan', `${origin}/`)),
    row('Inbox', styleText('cyan', `${origin}/inbox`)),
  ];
  if (smtp !== undefined) lines.push(row('SMTP', smtp));
  if (certificate !== undefined) lines.push(row('Certificate', certificate));
  lines.push('', ...notes.map(note => `  ${styleText('dim', note)}`));
  return `\n${lines.join('\n')}\n`;
}
