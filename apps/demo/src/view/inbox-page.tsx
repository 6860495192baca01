import type { Site } from '../site.ts';
import { Layout } from './layout.tsx';

/** `/inbox`: the frame that the inbox fills. */
export function InboxPage({ site }: { site: Site }) {
  return (
    <Layout
      page="inbox"
      title="Inbox · Posthaste"
      site={site}
      boot={{ smtp: site.smtp, retention: site.retention }}
    >
      <main class="inbox" id="main" />
    </Layout>
  );
}
