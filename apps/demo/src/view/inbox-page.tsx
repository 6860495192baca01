import type { Site } from '../site.ts';
import { Layout } from './layout.tsx';

/** `/inbox`: the frame that the inbox fills. */
export function InboxPage({ site, relayUrl }: { site: Site; relayUrl: string }) {
  const { smtp, retention, upstream } = site;
  return (
    <Layout
      page="inbox"
      title="Inbox · Posthaste"
      site={site}
      boot={{ smtp, retention, ...(site.inbox && { relay: { relayUrl, upstream } }) }}
    >
      <main class="inbox" id="main" />
    </Layout>
  );
}
