import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, isTest, packages, type SourceFile, sourcesOf } from './source-file.ts';

const MAX_LINES = 250;
const MAX_MEDIAN_LINES = 130;
const NAMELESS = /^(utils?|helpers?|common|shared|misc|manager|types|stuff|lib)$/;
const SHARED_NAMES = new Set(['index', 'error', 'node', 'workerd', 'deno', 'websocket', 'memory']);

const lines = (file: SourceFile) => file.text.split('\n').length - 1;
const noun = (path: string) => basename(path).replace(/\.[^.]+$/, '');

describe('small rooms', () => {
  test('no file above 250 lines', () => {
    const all = ['packages', 'apps', 'test'].flatMap(folder => filesBelow(folder, /\.(tsx?|mjs|css)$/));
    const long = all.filter(file => !isTest(file.path) && lines(file) > MAX_LINES);
    expect(long.map(file => `${file.path}: ${lines(file)} lines`)).toEqual([]);
  });

  test.each(packages)('%s: the median room has at most 130 lines', owner => {
    const counts = sourcesOf(owner)
      .map(lines)
      .sort((a, b) => a - b);
    expect(counts[Math.floor(counts.length / 2)]).toBeLessThanOrEqual(MAX_MEDIAN_LINES);
  });

  test.each(packages)('%s: every room has a name of its own', owner => {
    const names = sourcesOf(owner).map(file => noun(file.path));
    const twice = names.filter((name, at) => names.indexOf(name) !== at && !SHARED_NAMES.has(name));
    expect(twice).toEqual([]);
    expect(names.filter(name => NAMELESS.test(name))).toEqual([]);
  });
});

describe('plain doors', () => {
  test('named exports only', () => {
    const offenders = packages.flatMap(sourcesOf).filter(file => /^export default\b/m.test(file.text));
    expect(offenders.map(file => file.path)).toEqual([]);
  });

  test('only entry points re-export', () => {
    const barrels = packages
      .flatMap(sourcesOf)
      .filter(file => noun(file.path) !== 'index' && /^export \* from/m.test(file.text));
    expect(barrels.map(file => file.path)).toEqual([]);
  });

  test('nothing unfinished is left standing', () => {
    const marks = /\b(TODO|FIXME|XXX)\b|@ts-ignore|@ts-expect-error|\bas any\b|(v8|c8|istanbul) ignore/;
    const offenders = packages.flatMap(sourcesOf).filter(file => marks.test(file.text));
    expect(offenders.map(file => file.path)).toEqual([]);
  });
});
