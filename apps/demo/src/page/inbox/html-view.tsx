import type { Email } from 'postal-mime';
import { safeDocument } from './safe-document.ts';

/** The HTML of a message in a frame without scripts, forms or an origin; links open in tabs of their own. */
export function HtmlView({ email }: { email: Email }) {
  return (
    <iframe
      class="message-html"
      title="HTML of the mail"
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      srcdoc={safeDocument(email.html ?? '', email.attachments)}
    />
  );
}
