import { describe, expect, it } from 'vitest';
import { type Line, trace } from './trace.ts';

/** Lines a millisecond apart: `C:` the client's, `S:` the server's, `-` what happened between them. */
function lines(...texts: readonly string[]): Line[] {
  return texts.map((text, at) => {
    if (text === 'TLS') return { at, direction: 'local', text, phase: 'TLS' };
    const direction = text.startsWith('C:') ? 'client' : text.startsWith('S:') ? 'server' : 'local';
    return { at, direction, text: text.replace(/^(C:|S:|-)/, '') };
  });
}

const outline = (texts: readonly string[], ended = true): string[] =>
  trace(lines(...texts), ended).map(
    phase => `${phase.name} ${phase.verdict}: ${phase.lines.map(line => line.index).join(' ')}`,
  );

describe('trace', () => {
  it('puts each reply under the command it answers', () => {
    const session = [
      '-opening',
      'S:220 mx',
      'C:EHLO a',
      'S:250-mx',
      'S:250 SIZE',
      'C:QUIT',
      'S:221 bye',
      '-closed',
    ];
    expect(outline(session)).toEqual(['Connect ok: 0', 'Greeting ok: 1', 'EHLO ok: 2 3 4', 'QUIT ok: 5 6 7']);
  });

  it('attributes pipelined replies in order, and marks what was written together', () => {
    const session = [
      'S:220 mx',
      'C:MAIL FROM:<a>',
      'C:RCPT TO:<b>',
      'C:RCPT TO:<c>',
      'S:250 ok',
      'S:550 no',
      'S:250 ok',
    ];
    expect(outline(session)).toEqual(['Greeting ok: 0', 'MAIL ok: 1 4', 'RCPT refused: 2 3 5 6']);
    const pipelined = trace(lines(...session), true).flatMap(phase =>
      phase.lines.filter(line => line.pipelined),
    );
    expect(pipelined.map(line => line.index)).toEqual([1, 2, 3]);
  });

  it('keeps the steps of AUTH together', () => {
    const session = ['S:220 mx', 'C:AUTH LOGIN', 'S:334 VXNl', 'C:***', 'S:334 UGFz', 'C:***', 'S:235 in'];
    expect(outline(session)).toEqual(['Greeting ok: 0', 'AUTH ok: 1 2 3 4 5 6']);
  });

  it('begins EHLO again after TLS, and knows what was secure', () => {
    const session = [
      'S:220 mx',
      'C:EHLO a',
      'S:250 STARTTLS',
      'C:STARTTLS',
      'S:220 go',
      'TLS',
      'C:EHLO a',
      'S:250 mx',
    ];
    expect(outline(session)).toEqual(['Greeting ok: 0', 'EHLO ok: 1 2', 'TLS ok: 3 4 5', 'EHLO ok: 6 7']);
    const secure = trace(lines(...session), true).flatMap(phase => phase.lines.filter(line => line.secure));
    expect(secure.map(line => line.index)).toEqual([5, 6, 7]);
  });

  it('begins new phases with each transaction', () => {
    const one = ['C:MAIL FROM:<a>', 'S:250 ok', 'C:DATA', 'S:354 go', 'C:.', 'S:250 ok'];
    expect(outline(['S:220 mx', ...one, ...one]).map(line => line.split(':')[0])).toEqual([
      'Greeting ok',
      'MAIL ok',
      'DATA ok',
      'Dot ok',
      'MAIL ok',
      'DATA ok',
      'Dot ok',
    ]);
  });

  it('tells waiting from lost', () => {
    const session = ['S:220 mx', 'C:DATA', 'S:354 go', 'C:.'];
    expect(outline(session, false).at(-1)).toBe('Dot pending: 3');
    expect(outline(session, true).at(-1)).toBe('Dot lost: 3');
    expect(outline([...session, '-closed'], true).at(-1)).toBe('Dot lost: 3 4');
  });

  it.each([
    ['S:421 later', 'deferred'],
    ['S:554 no', 'refused'],
  ])('%s is %s', (reply, verdict) => {
    expect(outline([reply])).toEqual([`Greeting ${verdict}: 0`]);
  });

  it('counts from the end of the content, not from its beginning', () => {
    const content: Line = { at: 10, direction: 'client', text: '', content: { octets: 5, until: 60 } };
    const phases = trace([content, { at: 65, direction: 'server', text: '250 ok' }], true);
    expect(phases.flatMap(phase => phase.lines.map(line => line.delta))).toEqual([10, 5]);
  });
});
