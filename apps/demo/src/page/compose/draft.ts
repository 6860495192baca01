/** What the form holds. */
export interface Draft {
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly subject: string;
  readonly text: string;
  readonly files: readonly File[];
}

/** Whether two drafts would make the same message. */
export function sameDraft(one: Draft, other: Draft): boolean {
  return (
    (['from', 'to', 'cc', 'subject', 'text'] as const).every(name => one[name] === other[name]) &&
    one.files.length === other.files.length &&
    one.files.every((file, index) => file === other.files[index])
  );
}
