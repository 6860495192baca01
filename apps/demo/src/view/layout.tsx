import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { Site } from '../site.ts';

interface LayoutProps {
  readonly page: 'compose' | 'inbox';
  /** A script that the page needs later: fetched with it, and the page is drawn before it is there. */
  readonly later?: string;
  readonly title: string;
  readonly site: Site;
  /** What the page's script is told. */
  readonly boot: unknown;
  readonly children: Child;
}

const PAGES = [
  { page: 'compose', href: '/', label: 'Compose' },
  { page: 'inbox', href: '/inbox', label: 'Inbox' },
] as const;

/** The frame of every page: head, top bar, the page itself, its script. */
export function Layout({ page, later, title, site, boot, children }: LayoutProps) {
  return (
    <>
      {html`<!doctype html>`}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta
            name="viewport"
            content="width=device-width, initial-scale=1, interactive-widget=resizes-content"
          />
          <meta name="color-scheme" content="light dark" />
          <title>{title}</title>
          <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
          <link rel="stylesheet" href="/assets/style.css" />
          <script type="module" src={`/assets/${page}.js`} />
          {later === undefined ? null : (
            <script type="module" src={`/assets/${later}.js`} fetchpriority="low" />
          )}
        </head>
        <body data-boot={JSON.stringify(boot)}>
          <a class="unseen skip" href="#main">
            Skip to the page
          </a>
          <header class="topbar">
            <a class="wordmark" href="/">
              <Mark />
              Posthaste
            </a>
            <nav>
              {PAGES.map(entry => (
                <a href={entry.href} aria-current={entry.page === page ? 'page' : undefined}>
                  {entry.label}
                </a>
              ))}
            </nav>
            <Stations site={site} />
          </header>
          {children}
          <noscript>
            <p class="noscript">
              Switch JavaScript on: the message is composed and sent by this page itself.
            </p>
          </noscript>
        </body>
      </html>
    </>
  );
}

/** An arrow leaving a line: the wordmark's sign. */
function Mark() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2">
      <path d="M2 5h6M2 10h3M2 15h6" style="stroke:var(--border)" />
      <path d="M8 10h9M12.5 5.5 17 10l-4.5 4.5" style="stroke:var(--accent)" />
    </svg>
  );
}

function Stations({ site }: { site: Site }) {
  if (site.smtp === undefined) {
    return (
      <p class="stations">
        <span>Workers: mail comes in through the relay only</span>
      </p>
    );
  }
  return (
    <p class="stations">
      <span class="essential">
        SMTP{' '}
        <code>
          {site.smtp.host}:{site.smtp.port}
        </code>
      </span>
      <span>
        {site.smtp.startTls ? 'STARTTLS offered, any login accepted' : 'plain only, any login accepted'}
      </span>
    </p>
  );
}
