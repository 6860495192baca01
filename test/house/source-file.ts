import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = resolve(fileURLToPath(new URL('../..', import.meta.url)));
export const packages: readonly string[] = ['mime', 'smtp-core', 'bridge', 'mailer'];

/** A file of the repository, by its path from the root with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage']);

/**
 * All files below a folder whose name ends so, what tools made left out; folders that begin with a dot too: tests beside
 * this one make and remove them meanwhile.
 */
export function filesBelow(folder: string, ending: RegExp): SourceFile[] {
  const found: SourceFile[] = [];
  const open = [join(root, folder)];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (!statSync(at, { throwIfNoEntry: false })?.isDirectory()) continue;
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.') && !NOT_OURS.has(entry.name)) open.push(path);
      else if (entry.isFile() && ending.test(entry.name)) found.push(readSource(path));
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function readSource(path: string): SourceFile {
  return { path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') };
}

export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);

/** The sources of a package, tests left out. */
export function sourcesOf(name: string): SourceFile[] {
  return filesBelow(`packages/${name}/src`, /\.tsx?$/).filter(file => !isTest(file.path));
}

/** Module specifiers that a file names, static and dynamic, comments left out. */
export function importsOf(file: SourceFile): string[] {
  const code = file.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const specifiers = code.matchAll(
    /\b(?:import|export)\b[^'";=]*?\bfrom\s*['"]([^'"\n]+)['"]|\bimport\(?\s*['"]([^'"\n]+)['"]/g,
  );
  return [...specifiers].map(match => (match[1] ?? match[2])!);
}
