import { formatSize } from '../element/size.ts';

/** Octets of source shown; the whole is a download away. */
const SHOWN_OCTETS = 262_144;

/** The octets of a message as text. */
export function SourceView({ raw }: { raw: Uint8Array<ArrayBuffer> }) {
  const rest = raw.length - SHOWN_OCTETS;
  return (
    <>
      <pre class="message-source">{new TextDecoder().decode(raw.subarray(0, SHOWN_OCTETS))}</pre>
      {rest > 0 ? (
        <p class="reader-note muted">{formatSize(rest)} more: download the .eml for all of it.</p>
      ) : null}
    </>
  );
}
