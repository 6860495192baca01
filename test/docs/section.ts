import { readFileSync, writeFileSync } from 'node:fs';

/** Puts a text between `<!-- name -->` and `<!-- /name -->`; throws when the document has no such place. */
function replaceSection(document: string, name: string, text: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = document.indexOf(open);
  const to = document.indexOf(close);
  if (from < 0 || to < from) throw new Error(`Put ${open} and ${close} into the document`);
  return `${document.slice(0, from + open.length)}\n${text}\n${document.slice(to)}`;
}

/** Brings the generated sections of a file up to date; true when that changed something. */
export function updateFile(path: string, sections: Readonly<Record<string, string>>): boolean {
  const before = readFileSync(path, 'utf8');
  const after = Object.entries(sections).reduce(
    (document, [name, text]) => replaceSection(document, name, text),
    before,
  );
  if (after !== before) writeFileSync(path, after);
  return after !== before;
}
