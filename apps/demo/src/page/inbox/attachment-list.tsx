import { useEffect, useMemo } from 'hono/jsx/dom';
import type { Attachment } from 'postal-mime';
import { Icon } from '../element/icon.tsx';
import { formatSize } from '../element/size.ts';

/** Every file of a message: what it is, how large, and a way to keep it. */
export function AttachmentList({ attachments }: { attachments: readonly Attachment[] }) {
  const files = useMemo(() => attachments.map(asFile), [attachments]);
  useEffect(
    () => () => {
      for (const file of files) URL.revokeObjectURL(file.url);
    },
    [files],
  );
  if (files.length === 0) return null;
  return (
    <section class="attachments">
      <h3 class="meta">
        {files.length} {files.length === 1 ? 'attachment' : 'attachments'}
      </h3>
      <ul>
        {files.map((file, index) => (
          <li key={`${index}`} class="file">
            <Preview file={file} />
            <span class="file-name">{file.name}</span>
            <span class="meta">{file.type}</span>
            {file.inline ? <span class="tag">inline</span> : null}
            <span class="meta size">{formatSize(file.octets.length)}</span>
            <a class="button quiet" href={file.url} download={file.name}>
              <Icon name="save" />
              <span class="download-word">Download</span>
              <span class="unseen">{file.name}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ReceivedFile {
  readonly name: string;
  readonly type: string;
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly url: string;
  readonly inline: boolean;
}

/** A download keeps the octets and nothing else: opened in a tab, no type could make them run. */
function asFile(attachment: Attachment, index: number): ReceivedFile {
  const octets = new Uint8Array(attachment.content as ArrayBuffer);
  return {
    name: attachment.filename ?? `part-${index + 1}`,
    type: attachment.mimeType,
    octets,
    url: URL.createObjectURL(new Blob([octets], { type: 'application/octet-stream' })),
    inline: attachment.disposition === 'inline',
  };
}

/** Images that browsers show as images and nothing more. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** Octets of an image worth a preview. */
const PREVIEW_OCTETS = 1_048_576;

function Preview({ file }: { file: ReceivedFile }) {
  const url = useMemo(() => {
    if (!PICTURES.has(file.type) || file.octets.length > PREVIEW_OCTETS) return undefined;
    return URL.createObjectURL(new Blob([file.octets], { type: file.type }));
  }, [file]);
  useEffect(() => () => URL.revokeObjectURL(url ?? ''), [url]);
  return url === undefined ? <Icon name="file" /> : <img class="preview" src={url} alt="" />;
}
