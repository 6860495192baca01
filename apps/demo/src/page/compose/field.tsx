import { Icon } from '../element/icon.tsx';

export type FieldName = 'from' | 'to' | 'cc' | 'subject' | 'text' | 'files';

interface FieldProps {
  readonly name: FieldName;
  readonly label: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly problem: string | undefined;
  readonly edited: (name: FieldName) => void;
}

/**
 * One header field of the message, a cell of the title block.
 *
 * A text area, because a single-line input drops pasted line breaks without a word, and a header with a line break is
 * to be refused, not repaired.
 */
export function HeaderField({ name, label, placeholder, required, problem, edited }: FieldProps) {
  return (
    <div class={problem === undefined ? 'cell' : 'cell invalid'}>
      <label for={name}>{label}</label>
      <textarea
        id={name}
        name={name}
        rows={1}
        placeholder={placeholder}
        required={required}
        autocomplete={name === 'from' ? 'email' : 'off'}
        autocapitalize={name === 'subject' ? 'sentences' : 'none'}
        spellcheck={name === 'subject'}
        aria-invalid={problem === undefined ? undefined : 'true'}
        aria-describedby={problem === undefined ? undefined : `${name}-problem`}
        onInput={() => edited(name)}
        onKeyDown={leaveOnEnter}
      />
      <Problem name={name} text={problem} />
    </div>
  );
}

/** What is wrong with a field, and what to write instead. */
export function Problem({ name, text }: { name: FieldName; text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="problem" id={`${name}-problem`}>
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  );
}

/** Enter goes to the next field, as in a form of single lines; with Ctrl or ⌘ it is left to the form. */
function leaveOnEnter(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.isComposing) return;
  event.preventDefault();
  const field = event.currentTarget as HTMLTextAreaElement;
  const fields = [...field.form!.querySelectorAll<HTMLTextAreaElement>('textarea')];
  fields[fields.indexOf(field) + 1]?.focus();
}
