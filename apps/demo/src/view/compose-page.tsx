import type { Site } from '../site.ts';
import { Layout } from './layout.tsx';

/** `/`: the frame that the composer fills. */
export function ComposePage({ site, relayUrl }: { site: Site; relayUrl: string }) {
  return (
    <Layout
      page="compose"
      later="sender"
      title="Compose · Posthaste"
      site={site}
      boot={{ relayUrl, upstream: site.upstream, inbox: site.inbox }}
    >
      <main class="bench" id="main" />
    </Layout>
  );
}
