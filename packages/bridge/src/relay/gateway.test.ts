import { cramMd5, login, plain } from '@posthaste/smtp-core';
import { describe, expect, it } from 'vitest';
import { type RelayTestBed, relayTestBed } from '../../fixture/relay-set-up.ts';
import type { ScriptedBrowser } from '../../fixture/scripted-browser.ts';
import { type MailScript, ScriptedMailServer } from '../../fixture/scripted-mail-server.ts';
import type { RelayOptions } from './relay.ts';
import type { RelayTarget } from './target.ts';
import type { RelayGrant } from './token.ts';

const id = '0123456789abcdef0123456789abcdef';
const envelope = 'MAIL FROM:<ann@example.com>\r\nRCPT TO:<bob@example.net>\r\n';

interface Scene {
  readonly bed: RelayTestBed;
  readonly server: ScriptedMailServer;
  readonly browser: ScriptedBrowser & { readonly session: Promise<void> };
}

/** A browser that has said EHLO through the relay. */
async function scene(
  script: MailScript = {},
  options: Partial<RelayOptions> = {},
  target: Partial<RelayTarget> = {},
  grant: Partial<RelayGrant> = {},
): Promise<Scene> {
  const server = new ScriptedMailServer(script);
  const bed = relayTestBed(server, options, target);
  const browser = await bed.enter('default', grant);
  await say(browser, 'EHLO page.test');
  return { bed, server, browser };
}

/** Says a command and gives the reply, all its lines. */
async function say(browser: ScriptedBrowser, line: string): Promise<string> {
  if (browser.text === '') await Promise.resolve();
  if (line.startsWith('EHLO')) await browser.until(/^220 [^\n]*\n$/);
  await browser.write(`${line}\r\n`);
  return (await browser.until(/(^|\n)\d{3} [^\n]*\n$/)).trimEnd();
}

async function send(browser: ScriptedBrowser, content = 'Subject: x\r\n\r\nHello\r\n'): Promise<string> {
  for (const line of envelope.trimEnd().split('\r\n')) expect(await say(browser, line)).toMatch(/^250 /);
  expect(await say(browser, 'DATA')).toMatch(/^354 /);
  await browser.write(`${content}.\r\n`);
  return (await browser.until(/\n$/)).trimEnd();
}

async function over({ browser, bed }: Scene) {
  const { code } = await browser.closed;
  await browser.session;
  expect(bed.clock.armed).toBe(0);
  const error = browser.heard.find(control => control.t === 'error');
  return { close: code, code: error?.code, phase: error?.phase, retryable: error?.retryable };
}

describe('what the browser may say', () => {
  it.each([
    ['AUTH PLAIN AGFubgBjYW5hcnk=', '503 5.5.1 AUTH is not offered'],
    ['STARTTLS', '502 5.5.1 Command not implemented'],
    ['HELO page.test', '502 5.5.1 Say EHLO'],
    ['VRFY bob', '502 5.5.1 Command not implemented'],
    ['EXPN list', '502 5.5.1 Command not implemented'],
    ['ETRN example.net', '502 5.5.1 Command not implemented'],
    ['XCLIENT ADDR=127.0.0.1', '500 5.5.2 Syntax error, command unrecognised'],
    ['NOOP', '250 2.0.0 OK'],
    ['RSET', '250 2.0.0 OK'],
    ['RCPT TO:<bob@example.net>', '503 5.5.1 MAIL first'],
    ['DATA', '503 5.5.1 MAIL first'],
  ])('%s → %s, and the mail server hears nothing of it', async (line, reply) => {
    const { browser, server } = await scene();
    expect(await say(browser, line)).toBe(reply);
    expect(server.lines).toEqual(['EHLO relay.test']);
    browser.hangUp();
  });

  it('QUIT ends both sides in good order', async () => {
    const all = await scene();
    expect(await say(all.browser, 'QUIT')).toMatch(/^221 /);
    await all.browser.control('end');
    expect(await over(all)).toMatchObject({ close: 1000, code: undefined });
    expect(all.server.lines.at(-1)).toBe('QUIT');
  });

  it('a mail server is not spoken to in the browser’s words', async () => {
    const { browser, server } = await scene();
    await say(browser, 'mail from:<ann@example.com>  size=10');
    await say(browser, 'RcPt To:<bob@example.net>');
    expect(server.lines.slice(1)).toEqual([
      'MAIL FROM:<ann@example.com> SIZE=10',
      'RCPT TO:<bob@example.net>',
    ]);
    browser.hangUp();
  });

  it('a smuggled end of data stays content', async () => {
    const { browser, server } = await scene();
    const smuggled = 'a\r\n..\r\nMAIL FROM:<evil@evil.test>\r\n';
    expect(await send(browser, smuggled)).toBe('250 2.0.0 Queued as 4F2');
    expect(server.messages).toEqual(['a\r\n..\r\nMAIL FROM:<evil@evil.test>']);
    for (const bare of ['a\n.\nRCPT TO:<x@evil.test>\r\n', 'a\r.\rRCPT TO:<x@evil.test>\r\n', 'a\n.\r\n']) {
      const other = await scene();
      expect(await send(other.browser, bare)).toMatch(/^554 5\.6\.0 /);
      expect(other.server.messages).toEqual([]);
      other.browser.hangUp();
    }
    browser.hangUp();
  });
});

describe('addresses', () => {
  it('are written anew, quoted where they were', async () => {
    const { browser, server } = await scene({ ehlo: ['SMTPUTF8', '8BITMIME'] });
    const replies = [
      await say(browser, 'MAIL FROM:<ann@example.com> SMTPUTF8'),
      await say(browser, 'RCPT TO:<"b\\"o b"@example.net>'),
    ];
    expect(replies.map(reply => reply.slice(0, 3))).toEqual(['250', '250']);
    expect(server.lines.slice(1)).toEqual([
      'MAIL FROM:<ann@example.com> SMTPUTF8',
      'RCPT TO:<"b\\"o b"@example.net>',
    ]);
    browser.hangUp();
  });
});

describe('what EHLO offers', () => {
  const offered = async (
    ehlo: readonly string[],
    limits: RelayOptions['limits'] = {},
    grant: Partial<RelayGrant> = {},
  ) => {
    const bed = relayTestBed(new ScriptedMailServer({ ehlo }), { limits });
    const browser = await bed.enter('default', grant);
    const lines = (await say(browser, 'EHLO page.test')).split('\r\n').slice(1);
    browser.hangUp();
    return lines.map(line => line.slice(4));
  };

  it('is what the mail server offers and the relay passes on', async () => {
    const all = ['PIPELINING', 'SIZE 1000', '8BITMIME', 'SMTPUTF8', 'DSN', 'ENHANCEDSTATUSCODES', 'CHUNKING'];
    const more = ['AUTH PLAIN', 'STARTTLS', 'XCLIENT NAME', 'BINARYMIME', 'ETRN', 'VRFY', 'X-SECRET-NAME'];
    expect((await offered([...all, ...more])).sort()).toEqual(all.sort());
  });

  it('is next to nothing before a server that offers nothing', async () => {
    expect(await offered([])).toEqual(['SIZE 36126720']);
  });

  it('has the least of all sizes', async () => {
    expect(await offered(['SIZE'])).toEqual(['SIZE 36126720']);
    expect(await offered(['SIZE 0'])).toEqual(['SIZE 36126720']);
    expect(await offered(['SIZE 5000'], { upBytes: 64_000 })).toEqual(['SIZE 5000']);
    expect(await offered(['SIZE 500000'], { upBytes: 64_000 })).toEqual(['SIZE 63000']);
    expect(await offered(['SIZE 500000'], { upBytes: 64_000 }, { bytes: 6400 })).toEqual(['SIZE 6300']);
  });

  it('does not pass SIZE on to a server that knows none', async () => {
    const { browser, server } = await scene({ ehlo: ['DSN', '8BITMIME'] });
    await say(browser, 'MAIL FROM:<ann@example.com> SIZE=10 BODY=8BITMIME RET=HDRS ENVID=a+2Bb');
    await say(browser, 'RCPT TO:<bob@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob+2Bx@example.net');
    expect(server.lines.slice(1)).toEqual([
      'MAIL FROM:<ann@example.com> BODY=8BITMIME RET=HDRS ENVID=a+2Bb',
      'RCPT TO:<bob@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob+2Bx@example.net',
    ]);
    browser.hangUp();
  });
});

describe('the mail server’s answers are the browser’s', () => {
  it('a message that is taken', async () => {
    const { browser, server, bed } = await scene();
    expect(await send(browser)).toBe('250 2.0.0 Queued as 4F2');
    expect(server.messages).toEqual(['Subject: x\r\n\r\nHello']);
    await say(browser, 'QUIT');
    await browser.session;
    expect(bed.log.filter(({ event }) => event === 'transaction')).toMatchObject([
      { state: 'accepted', recipients: 1, octets: 21, code: 250 },
    ]);
  });

  it.each([
    ['MAIL', '451 4.7.1 Come back later', 0],
    ['MAIL', '530 5.7.0 Not like this', 0],
    ['RCPT', '550-5.1.1 Nobody of this\r\n550 5.1.1 name', 1],
    ['RCPT', '452 4.5.3 Too many', 1],
    ['DATA', '554 5.5.1 No recipients', 2],
  ])('%s refused with %j', async (verb, refusal, before) => {
    const { browser, server } = await scene({
      answer: line => (line.startsWith(verb) ? refusal : undefined),
    });
    const lines = [...envelope.trimEnd().split('\r\n'), 'DATA'];
    for (const line of lines.slice(0, before)) expect(await say(browser, line)).toMatch(/^250 /);
    expect(await say(browser, lines[before]!)).toBe(refusal);
    expect(await say(browser, 'NOOP')).toBe('250 2.0.0 OK');
    expect(server.messages).toEqual([]);
    browser.hangUp();
  });

  it.each(['450 4.2.0 Greylisted', '550 5.7.1 Spam'])(
    'content refused at its end with %j, and the session goes on',
    async final => {
      let first = true;
      const { browser, server } = await scene({
        finalLater: async () => {
          const answer = first ? final : '250 2.0.0 Taken';
          first = false;
          return answer;
        },
      });
      expect(await send(browser)).toBe(final);
      expect(await send(browser)).toBe('250 2.0.0 Taken');
      expect(server.messages.length).toBe(1);
      browser.hangUp();
    },
  );

  it('one recipient refused does not harm the other', async () => {
    const { browser, server } = await scene({
      answer: line => (line.includes('nobody') ? '550 5.1.1 Nobody' : undefined),
    });
    await browser.write(
      'MAIL FROM:<ann@example.com>\r\nRCPT TO:<nobody@example.net>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n',
    );
    expect((await browser.until(/354[^\n]*\n$/)).match(/^\d{3}/gm)).toEqual(['250', '550', '250', '354']);
    await browser.write('x\r\n.\r\n');
    expect(await browser.until(/\n$/)).toMatch(/^250 /);
    expect(server.messages).toEqual(['x']);
    browser.hangUp();
  });

  it('RSET and EHLO void a transaction on both sides before the next', async () => {
    const { browser, server } = await scene();
    await say(browser, 'MAIL FROM:<ann@example.com>');
    await say(browser, 'RSET');
    await say(browser, 'MAIL FROM:<ann@example.com>');
    await browser.write('EHLO again.test\r\n');
    await browser.until(/250 [^\n]*\n$/);
    expect(await send(browser)).toMatch(/^250 /);
    expect(server.lines.slice(1)).toEqual([
      'MAIL FROM:<ann@example.com>',
      'RSET',
      'MAIL FROM:<ann@example.com>',
      'RSET',
      'MAIL FROM:<ann@example.com>',
      'RCPT TO:<bob@example.net>',
      'DATA',
    ]);
    browser.hangUp();
  });

  it('BDAT from the browser becomes DATA', async () => {
    const { browser, server } = await scene({ ehlo: ['CHUNKING', 'PIPELINING'] });
    await browser.write(`${envelope}BDAT 5\r\n.a\r\nbBDAT 4 LAST\r\n\r\nc\r\n`);
    await browser.until(/Queued[^\n]*\n$/);
    expect(server.messages).toEqual(['..a\r\nb\r\nc']);
    browser.hangUp();
  });
});

describe('who may send, and how much', () => {
  it.each([
    ['ann@example.com', { from: ['ann@example.com'] }, {}, '250'],
    ['bob@example.com', { from: ['ann@example.com'] }, {}, '550 5.7.1'],
    ['ann@example.org', { from: ['@example.com'] }, {}, '550 5.7.1'],
    ['', { from: ['@example.com'] }, {}, '550 5.7.1'],
    ['', { from: ['', '@example.com'] }, {}, '250'],
    ['ann@example.com', { from: ['@example.com'] }, { from: ['noreply@example.com'] }, '550 5.7.1'],
    ['noreply@example.com', { from: ['@example.com'] }, { from: ['noreply@example.com'] }, '250'],
  ])('from %j with %j at %j → %s', async (from, grant, target, reply) => {
    const { browser, server } = await scene({}, {}, target, grant);
    expect((await say(browser, `MAIL FROM:<${from}>`)).startsWith(reply)).toBe(true);
    expect(server.lines.length).toBe(reply === '250' ? 2 : 1);
    browser.hangUp();
  });

  it('a token’s recipients are counted over its life, not over a session', async () => {
    const server = new ScriptedMailServer();
    const bed = relayTestBed(server);
    const token = await bed.mint({ rcpt: 3, jti: 'one' });
    for (const expected of [
      ['250', '250'],
      ['250', '452'],
    ]) {
      const browser = bed.join();
      browser.open(token);
      await say(browser, 'EHLO page.test');
      await say(browser, 'MAIL FROM:<ann@example.com>');
      const replies = [
        await say(browser, 'RCPT TO:<a@example.net>'),
        await say(browser, 'RCPT TO:<b@example.net>'),
      ];
      expect(replies.map(reply => reply.slice(0, 3))).toEqual(expected);
      await say(browser, 'QUIT');
      await browser.session;
    }
  });

  it('a token’s octets as well; what exceeds them is not sent', async () => {
    const all = await scene({}, {}, {}, { bytes: 1000 });
    for (const line of envelope.trimEnd().split('\r\n')) await say(all.browser, line);
    await say(all.browser, 'DATA');
    await all.browser.write(`${'x'.repeat(950)}\r\n.\r\n`);
    expect(await over(all)).toMatchObject({ close: 4429, code: 'E_QUOTA' });
    expect(await all.browser.control('error')).toMatchObject({ message: expect.stringContaining('octets') });
    expect(all.server.messages).toEqual([]);
  });

  it('a session has its own limit in each direction', async () => {
    const up = await scene({}, { limits: { upBytes: 1000 } });
    for (const line of envelope.trimEnd().split('\r\n')) await say(up.browser, line);
    await say(up.browser, 'DATA');
    await up.browser.write(`${'x'.repeat(1000)}\r\n.\r\n`);
    expect(await over(up)).toMatchObject({ close: 4413, code: 'E_SIZE' });
    expect(up.server.messages).toEqual([]);

    const down = await scene({}, { limits: { downBytes: 300 } });
    for (let n = 0; n < 20; n++) await down.browser.write('NOOP\r\n');
    expect(await over(down)).toMatchObject({ close: 4413, code: 'E_SIZE' });
  });
});

describe('when the mail server is lost', () => {
  it('before the session: 4502, retryable', async () => {
    for (const greeting of ['554 No', 'drop', 'HTTP/1.1 400 Bad Request']) {
      const bed = relayTestBed(new ScriptedMailServer({ greeting }));
      const browser = bed.join();
      browser.open(await bed.mint());
      if (greeting === 'drop') await bed.clock.advance(10_000);
      const { code } = await browser.closed;
      expect([4502, 4408]).toContain(code);
      expect(browser.text).toBe('');
      await browser.session;
      expect(bed.clock.armed).toBe(0);
    }
  });

  it('a silent one costs ten seconds', async () => {
    const bed = relayTestBed(new ScriptedMailServer({ greeting: '' }));
    const browser = bed.join();
    browser.open(await bed.mint());
    await bed.clock.advance(9999);
    expect(browser.heard).toEqual([]);
    await bed.clock.advance(1);
    expect(await browser.control('error')).toMatchObject({
      code: 'E_TIMEOUT',
      phase: 'connect',
      retryable: true,
    });
  });

  it('while idle: 421, then 4502', async () => {
    const all = await scene();
    all.server.dropAll();
    await all.browser.control('error');
    expect(all.browser.text).toMatch(/^421 /);
    expect(await over(all)).toEqual({ close: 4502, code: 'E_UPSTREAM', phase: 'session', retryable: true });
  });

  it.each(['MAIL', 'RCPT', 'DATA'])('at %s: 421 to that command, then 4502', async verb => {
    const all = await scene({ answer: line => (line.startsWith(verb) ? 'drop' : undefined) });
    await all.browser.write(`${envelope}DATA\r\n`);
    await all.browser.control('error');
    expect(all.browser.text.trimEnd().split('\r\n').at(-1)).toMatch(/^421 /);
    expect(await over(all)).toMatchObject({ close: 4502, code: 'E_UPSTREAM', retryable: true });
    expect(all.server.messages).toEqual([]);
  });

  it.each(['421 4.3.2 Going down', '421 Bye'])('it says %j: passed on as 421, then 4502', async line => {
    const all = await scene({ answer: command => (command.startsWith('MAIL') ? line : undefined) });
    await all.browser.write(envelope);
    await all.browser.control('error');
    expect(all.browser.text).toMatch(/^421 /);
    expect(await over(all)).toMatchObject({ close: 4502 });
  });

  it('while content is sent: told at once, and nothing is sent', async () => {
    const all = await scene({ early: octets => (octets > 1000 ? 'drop' : undefined) });
    await start(all);
    await all.browser.write('x'.repeat(2000));
    await all.browser.control('error');
    expect(all.browser.text).toMatch(/^421 /);
    expect(await over(all)).toMatchObject({ close: 4502, retryable: true });
    expect(all.browser.heard.at(-1)).not.toMatchObject({ t: 'outcome', state: 'unknown' });
    expect(all.server.messages).toEqual([]);
  });

  it('a refusal while content is sent is passed on at once, word for word', async () => {
    const all = await scene({ early: octets => (octets > 1000 ? '552 5.3.4 Too large for me' : undefined) });
    await start(all);
    await all.browser.write('x'.repeat(2000));
    expect(await all.browser.until(/\n$/)).toBe('552 5.3.4 Too large for me\r\n');
    expect(await over(all)).toMatchObject({ close: 1000 });
    expect((await ask(all)).outcome).toEqual({
      t: 'outcome',
      id,
      state: 'rejected',
      reply: '552 5.3.4 Too large for me',
    });
  });

  it('after the end of data: no reply, the outcome unknown, and nothing to retry', async () => {
    const all = await scene({ final: 'drop' });
    await start(all);
    await all.browser.write('x\r\n.\r\n');
    expect(await over(all)).toEqual({ close: 4502, code: 'E_UPSTREAM', phase: 'final', retryable: false });
    expect(all.browser.text).toBe('');
    const told = all.browser.heard.filter(control => control.t === 'outcome' || control.t === 'error');
    expect(told.slice(-2)).toMatchObject([{ t: 'outcome', id, state: 'unknown' }, { t: 'error' }]);
    expect((await ask(all)).outcome).toEqual({ t: 'outcome', id, state: 'unknown' });
  });
});

/** Begins a named transaction and brings it to where content may come. */
async function start({ browser }: Scene): Promise<void> {
  browser.say({ t: 'txn', id });
  await browser.write(`${envelope}DATA\r\n`);
  await browser.until(/354[^\n]*\n$/);
}

/** Asks for the outcome on a new connection, and tries to send under the same name again. */
async function ask({ bed }: Scene, name = id) {
  const browser = await bed.enter();
  await say(browser, 'EHLO page.test');
  browser.say({ t: 'txn', id: name });
  const outcome = await browser.control('outcome');
  const mail = await say(browser, 'MAIL FROM:<ann@example.com>');
  browser.hangUp();
  await browser.session;
  return { outcome, mail };
}

describe('named transactions', () => {
  it('are taken once', async () => {
    const all = await scene();
    await start(all);
    await all.browser.write('x\r\n.\r\n');
    await all.browser.until(/\n$/);
    expect(all.browser.heard.filter(control => control.t === 'outcome')).toEqual([
      { t: 'outcome', id, state: 'new' },
    ]);
    expect(await ask(all)).toEqual({
      outcome: { t: 'outcome', id, state: 'accepted', reply: '250 2.0.0 Queued as 4F2' },
      mail: '503 5.5.1 This transaction is known already: its outcome was told',
    });
    expect(all.server.messages).toEqual(['x']);
    all.browser.hangUp();
  });

  it('belong to whom the token was given', async () => {
    const all = await scene();
    await start(all);
    await all.browser.write('x\r\n.\r\n');
    await all.browser.until(/\n$/);
    const stranger = await all.bed.enter('default', { sub: 'user-2' });
    stranger.say({ t: 'txn', id });
    expect(await stranger.control('outcome')).toEqual({ t: 'outcome', id, state: 'new' });
    stranger.hangUp();
    all.browser.hangUp();
  });

  it('are pending while the mail server has not answered', async () => {
    let answer = (_: string): void => {};
    const all = await scene({ finalLater: () => new Promise(resolve => (answer = resolve)) });
    await start(all);
    await all.browser.write('x\r\n.\r\n');
    await all.bed.clock.advance(0);
    expect((await ask(all)).outcome).toEqual({ t: 'outcome', id, state: 'pending' });
    answer('250 2.0.0 At last');
    expect(await all.browser.until(/\n$/)).toMatch(/^250 /);
    all.browser.hangUp();
  });

  it('wait ten minutes for that answer', async () => {
    const all = await scene({ finalLater: () => new Promise(() => {}) });
    await start(all);
    await all.browser.write('x\r\n.\r\n');
    await all.bed.clock.advance(599_000);
    expect(all.browser.heard.some(control => control.t === 'error')).toBe(false);
    await all.bed.clock.advance(2000);
    expect(await over(all)).toMatchObject({ close: 4408, code: 'E_TIMEOUT' });
    expect((await ask(all)).outcome).toEqual({ t: 'outcome', id, state: 'unknown' });
  });

  it('go through although the browser left, once all of it was there', async () => {
    let answer = (_: string): void => {};
    const all = await scene({ finalLater: () => new Promise(resolve => (answer = resolve)) });
    await start(all);
    await all.browser.write('x\r\n.\r\n');
    all.browser.hangUp();
    await all.bed.clock.advance(0);
    answer('250 2.0.0 At last');
    await all.browser.session;
    expect(all.server.messages).toEqual(['x']);
    expect((await ask(all)).outcome).toMatchObject({ state: 'accepted' });
  });

  it('come to nothing when the browser leaves in the middle, and may be tried again', async () => {
    const all = await scene();
    await start(all);
    await all.browser.write('x\r\n');
    all.browser.hangUp();
    await all.browser.session;
    expect(all.server.messages).toEqual([]);
    expect(all.server.lines).not.toContain('.');
    expect(await ask(all)).toEqual({
      outcome: { t: 'outcome', id, state: 'new' },
      mail: '250 2.1.0 Sender fine',
    });
  });

  it('may be tried again after RSET', async () => {
    const all = await scene();
    all.browser.say({ t: 'txn', id });
    await say(all.browser, 'MAIL FROM:<ann@example.com>');
    await say(all.browser, 'RSET');
    await say(all.browser, 'MAIL FROM:<ann@example.com>');
    expect((await ask(all)).outcome).toMatchObject({ state: 'new' });
    all.browser.hangUp();
  });

  it.each(['MAIL', 'DATA'])('are rejected when %s is', async verb => {
    const all = await scene({ answer: line => (line.startsWith(verb) ? '550 5.7.1 No' : undefined) });
    all.browser.say({ t: 'txn', id });
    await all.browser.write(`${envelope}DATA\r\n`);
    await all.browser.until(/550 5\.7\.1 No\r\n/);
    await all.bed.clock.advance(0);
    expect((await ask(all)).outcome).toEqual({ t: 'outcome', id, state: 'rejected', reply: '550 5.7.1 No' });
    all.browser.hangUp();
  });

  it('keep their places among pipelined octets', async () => {
    const all = await scene();
    const other = id.replace('0', 'f');
    const message = `${envelope}DATA\r\n`;
    all.browser.say({ t: 'txn', id });
    await all.browser.write(message);
    await all.browser.until(/354[^\n]*\n$/);
    await all.browser.write('one\r\n.\r\n');
    all.browser.say({ t: 'txn', id: other });
    await all.browser.write(message);
    await all.browser.until(/354[^\n]*\n$/);
    await all.browser.write('two\r\n.\r\n');
    await all.browser.until(/250[^\n]*\n$/);
    expect(all.browser.heard.filter(control => control.t === 'outcome')).toEqual([
      { t: 'outcome', id, state: 'new' },
      { t: 'outcome', id: other, state: 'new' },
    ]);
    expect(all.server.messages).toEqual(['one', 'two']);
    expect((await ask(all)).outcome).toMatchObject({ state: 'accepted' });
    all.browser.hangUp();
  });

  it.each([
    ['MAIL', ['MAIL FROM:<ann@example.com>'], ''],
    ['RCPT', ['MAIL FROM:<ann@example.com>', 'RCPT TO:<bob@example.net>'], ''],
    ['DATA', ['MAIL FROM:<ann@example.com>', 'RCPT TO:<bob@example.net>', 'DATA'], ''],
    ['content', ['MAIL FROM:<ann@example.com>', 'RCPT TO:<bob@example.net>', 'DATA'], 'Subject: x\r\n'],
  ])('take no other name after %s: the session ends, and neither is used up', async (_, lines, content) => {
    const all = await scene();
    all.browser.say({ t: 'txn', id });
    for (const line of lines) await say(all.browser, line);
    await all.browser.write(content);
    const other = id.replace('0', 'f');
    all.browser.say({ t: 'txn', id: other });
    await all.browser.write('x\r\n.\r\n').catch(() => {});
    expect(await over(all)).toMatchObject({ close: 4400, code: 'E_PROTOCOL' });
    expect(all.browser.heard.filter(control => control.t === 'outcome')).toHaveLength(1);
    expect(all.server.messages).toEqual([]);
    const later = await all.bed.enter();
    for (const [n, name] of [id, other].entries()) {
      later.say({ t: 'txn', id: name });
      expect(await later.control('outcome', n + 1)).toEqual({ t: 'outcome', id: name, state: 'new' });
    }
    later.hangUp();
  });

  it.each(['RSET', 'EHLO page.test'])('take another after %s', async verb => {
    const all = await scene();
    all.browser.say({ t: 'txn', id });
    await say(all.browser, 'MAIL FROM:<ann@example.com>');
    await all.browser.write(`${verb}\r\n`);
    await all.browser.until(/250 [^\n]*\n$/);
    const other = id.replace('0', 'f');
    all.browser.say({ t: 'txn', id: other });
    expect(await send(all.browser)).toMatch(/^250 /);
    expect(await ask(all, other)).toMatchObject({ outcome: { state: 'accepted' } });
    expect(await ask(all)).toMatchObject({ outcome: { state: 'new' } });
    all.browser.hangUp();
  });

  it('a store that fails does not turn a yes into a no', async () => {
    const outcomes = {
      begin: () => ({ state: 'new' as const }),
      settle: () => Promise.reject(new Error('down')),
    };
    const all = await scene({}, { outcomes });
    await start(all);
    await all.browser.write('x\r\n.\r\n');
    expect(await all.browser.until(/\n$/)).toMatch(/^250 2\.0\.0 Queued/);
    expect(all.bed.log).toContainEqual(expect.objectContaining({ event: 'outcome-lost', state: 'accepted' }));
    all.browser.hangUp();
  });
});

describe('draining', () => {
  it('lets a transaction finish, then says goodbye', async () => {
    const all = await scene();
    await start(all);
    const drained = all.bed.relay.drain();
    await all.browser.write('x\r\n.\r\n');
    await all.browser.control('error');
    expect(all.browser.text).toMatch(/^250 2\.0\.0 Queued[^\n]*\n421 /);
    await drained;
    expect(await over(all)).toMatchObject({ close: 4503, code: 'E_DRAINING', retryable: true });
    expect(all.server.messages).toEqual(['x']);
  });

  it('says goodbye to idle sessions at once, and takes nobody new', async () => {
    const all = await scene();
    const drained = all.bed.relay.drain();
    await all.browser.control('error');
    expect(all.browser.text).toMatch(/^421 /);
    await drained;
    expect(await over(all)).toMatchObject({ close: 4503 });
    const late = all.bed.join();
    late.open(await all.bed.mint());
    await all.bed.clock.advance(250);
    expect(await late.closed).toMatchObject({ code: 4503 });
  });

  it('waits no longer than it may', async () => {
    const all = await scene();
    const tunnel = await all.bed.enter('raw');
    await start(all);
    const drained = all.bed.relay.drain();
    await all.bed.clock.advance(30_000);
    await drained;
    expect(await over(all)).toMatchObject({ close: 4503 });
    expect(await tunnel.closed).toMatchObject({ code: 4503 });
    expect(all.server.messages).toEqual([]);
  });
});

describe('signing in to the mail server', () => {
  const password = 'canary-password';
  const auth = () => [plain({ user: 'relay', pass: password })];
  const offer = { ehlo: ['AUTH PLAIN LOGIN', 'STARTTLS'] };

  it('happens before the browser hears 220, under TLS', async () => {
    const server = new ScriptedMailServer({
      ...offer,
      answer: line => (line.startsWith('AUTH') ? '235 2.7.0 Welcome' : undefined),
    });
    const bed = relayTestBed(server, {}, { tls: 'starttls', auth });
    const browser = await bed.enter();
    expect(await browser.control('opened')).toMatchObject({ secure: { proto: '', cipher: '' } });
    expect(server.lines).toEqual([
      'EHLO relay.test',
      'STARTTLS',
      'EHLO relay.test',
      `AUTH PLAIN ${btoa(`\0relay\0${password}`)}`,
    ]);
    await browser.until(/^220/);
    browser.hangUp();
  });

  it.each([
    [
      'refused',
      {
        ...offer,
        answer: (line: string) => (line.startsWith('AUTH') ? `535 5.7.8 No: ${password}` : undefined),
      },
      'starttls',
    ],
    ['not offered', { ehlo: ['STARTTLS'] }, 'starttls'],
    ['only in the clear', { ehlo: ['AUTH PLAIN'] }, 'none'],
  ] as const)('%s: 4502 in phase auth, and the password is nowhere', async (_, script, tls) => {
    const bed = relayTestBed(new ScriptedMailServer(script), {}, { tls, auth });
    const browser = bed.join();
    const token = await bed.mint();
    browser.open(token);
    expect(await browser.control('error')).toMatchObject({ code: 'E_UPSTREAM', phase: 'auth' });
    expect(await browser.closed).toMatchObject({ code: 4502 });
    await browser.session;
    const seen = JSON.stringify([browser.heard, browser.text, bed.log]);
    for (const canary of [password, btoa(`\0relay\0${password}`), token, 'canary'])
      expect(seen).not.toContain(canary);
  });

  it('goes on to the next mechanism where one is not offered or not taken', async () => {
    const server = new ScriptedMailServer({
      ehlo: ['AUTH LOGIN PLAIN', 'STARTTLS'],
      answer: line =>
        line.startsWith('AUTH LOGIN')
          ? '504 5.5.4 Not now'
          : line.startsWith('AUTH')
            ? '235 2.7.0 Welcome'
            : undefined,
    });
    const credentials = { user: 'relay', pass: password };
    const mechanisms = () => [cramMd5(credentials), login(credentials), plain(credentials)];
    const bed = relayTestBed(server, {}, { tls: 'starttls', auth: mechanisms });
    const browser = await bed.enter();
    expect(server.lines.slice(3).map(line => line.split(' ', 2).join(' '))).toEqual([
      'AUTH LOGIN',
      'AUTH PLAIN',
    ]);
    browser.hangUp();
  });

  it('has nothing to try: 4502', async () => {
    const bed = relayTestBed(new ScriptedMailServer(offer), {}, { tls: 'starttls', auth: () => [] });
    const browser = bed.join();
    browser.open(await bed.mint());
    expect(await browser.control('error')).toMatchObject({ code: 'E_UPSTREAM', phase: 'auth' });
  });

  it('STARTTLS that is not offered, or refused, is 4525', async () => {
    for (const script of [
      { ehlo: [] },
      { ehlo: ['STARTTLS'], answer: (line: string) => (line === 'STARTTLS' ? '454 No' : undefined) },
    ]) {
      const bed = relayTestBed(new ScriptedMailServer(script), {}, { tls: 'starttls' });
      const browser = bed.join();
      browser.open(await bed.mint());
      expect(await browser.control('error')).toMatchObject({ code: 'E_UPSTREAM_TLS', phase: 'tls' });
      expect(await browser.closed).toMatchObject({ code: 4525 });
    }
  });
});

describe('logs', () => {
  it('hold no token, no address, no content', async () => {
    const server = new ScriptedMailServer();
    const bed = relayTestBed(server);
    const token = await bed.mint({ from: ['canary-sender@example.com'] });
    const browser = bed.join();
    browser.open(token);
    await say(browser, 'EHLO canary-name.test');
    await browser.write(
      'MAIL FROM:<canary-sender@example.com>\r\nRCPT TO:<canary-rcpt@example.net>\r\nDATA\r\n',
    );
    await browser.until(/354[^\n]*\n$/);
    await browser.write('canary-content\r\n.\r\nQUIT\r\n');
    await browser.session;
    expect(server.messages).toEqual(['canary-content']);
    expect(bed.log.map(({ event }) => event)).toEqual(['opened', 'transaction', 'closed']);
    const seen = JSON.stringify(bed.log);
    expect(seen).not.toContain('canary');
    expect(seen).not.toContain(token);
  });
});

describe('a mail server that falls silent', () => {
  const silentAt = (verb: string): MailScript => ({
    answer: line => (line.startsWith(verb) ? '' : undefined),
  });

  it.each(['leaves', 'waits too long'])('at EHLO is given up when the browser %s', async what => {
    const server = new ScriptedMailServer(silentAt('EHLO'));
    const bed = relayTestBed(server);
    const browser = bed.join();
    browser.open(await bed.mint());
    await bed.clock.advance(1);
    expect(server.lines).toEqual(['EHLO relay.test']);
    if (what === 'leaves') browser.hangUp();
    else await bed.clock.advance(10_000);
    await browser.session;
    expect((await browser.closed).code).toBe(what === 'leaves' ? 1000 : 4408);
    expect([bed.clock.armed, server.ended]).toEqual([0, 1]);
  });

  it.each(['MAIL', 'RCPT', 'DATA'])('at %s is given up some time after the browser left', async verb => {
    const { browser, server, bed } = await scene(silentAt(verb), { limits: { idleMs: 50 } });
    await browser.write(`${envelope}DATA\r\n`);
    while (!server.lines.at(-1)?.startsWith(verb)) await bed.clock.advance(0);
    browser.hangUp();
    await browser.session;
    expect([bed.clock.armed, server.ended]).toEqual([0, 1]);
  });

  it('behind the final dot leaves the message in doubt some time after the browser left', async () => {
    const { browser, server, bed } = await scene({ final: '' }, { limits: { finalMs: 50 } });
    await browser.write(`${envelope}DATA\r\n`);
    await browser.until(/^354 [^\n]*\n$/m);
    await browser.write('x\r\n.\r\n');
    await bed.clock.advance(0);
    browser.hangUp();
    await browser.session;
    expect(bed.log.filter(({ event }) => event === 'transaction')).toMatchObject([{ state: 'unknown' }]);
    expect([bed.clock.armed, server.ended]).toEqual([0, 1]);
  });
});
