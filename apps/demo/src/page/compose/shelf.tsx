import { useState } from 'hono/jsx/dom';
import { Icon } from '../element/icon.tsx';
import { formatSize } from '../element/size.ts';
import { Problem } from './field.tsx';

interface ShelfProps {
  readonly files: readonly File[];
  readonly problem: string | undefined;
  readonly add: (files: readonly File[]) => void;
  readonly remove: (index: number) => void;
}

/** The picker, the files picked so far, and a place to drop more. */
export function Shelf({ files, problem, add, remove }: ShelfProps) {
  const [over, setOver] = useState(false);
  const pick = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    add([...(input.files ?? [])]);
    // Otherwise the same file could not be picked again after it was removed.
    input.value = '';
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    add([...(event.dataTransfer?.files ?? [])]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the picker inside is the first
    <div
      class={over ? 'shelf over' : 'shelf'}
      onDragOver={(event: DragEvent) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div class="shelf-head">
        <label for="files">Attachments</label>
        <input
          id="files"
          type="file"
          multiple
          aria-invalid={problem === undefined ? undefined : 'true'}
          aria-describedby={problem === undefined ? undefined : 'files-problem'}
          onChange={pick}
        />
        {files.length === 0 ? (
          <span class="meta drop-hint">or drop files here</span>
        ) : (
          <span class="meta">{total(files)}</span>
        )}
      </div>
      <Problem name="files" text={problem} />
      {files.length === 0 ? null : (
        <ul class="files">
          {files.map((file, index) => (
            <li key={`${file.name}-${file.size}-${file.lastModified}`} class="file enter">
              <Icon name="file" />
              <span class="file-name">{file.name}</span>
              <span class="meta">{file.type || 'unknown type'}</span>
              <span class="meta size">{formatSize(file.size)}</span>
              <button type="button" class="button quiet square" title="Remove" onClick={() => remove(index)}>
                <Icon name="refused" />
                <span class="unseen">Remove {file.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Base64 in lines of 76 characters makes four octets of three, and two more a line (RFC 2045 §6.8). */
function encodedSize(octets: number): number {
  const characters = Math.ceil(octets / 3) * 4;
  return characters + 2 * Math.ceil(characters / 76);
}

function total(files: readonly File[]): string {
  const raw = files.reduce((sum, file) => sum + file.size, 0);
  const encoded = files.reduce((sum, file) => sum + encodedSize(file.size), 0);
  return `${formatSize(raw)}, ${formatSize(encoded)} as sent`;
}
