import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { mailbox } from './dovecot.ts';

/** Everything in the mailbox, octets as IMAP gives them, one octet a character (RFC 9051). */
export async function readMailbox(port: number): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  try {
    const command = dialogue(socket);
    await command(`LOGIN ${mailbox.user} "${mailbox.pass}"`);
    const selected = await command('EXAMINE INBOX');
    if (/\* 0 EXISTS/.test(selected)) return [];
    return literals(await command('FETCH 1:* BODY.PEEK[]'));
  } finally {
    socket.destroy();
  }
}

/** Waits for a message with this text in it, one octet a character; rejects after `ms` milliseconds. */
export async function untilDelivered(port: number, text: string, ms = 60_000): Promise<string> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = (await readMailbox(port)).find(message => message.includes(text));
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Nothing with ${JSON.stringify(text)} arrived in ${ms} ms`);
    await sleep(100);
  }
}

/** Octets that the line which ends an answer fits into. */
const LAST_LINE_OCTETS = 1000;

function dialogue(socket: Socket): (command: string) => Promise<string> {
  const chunks: AsyncIterator<string> = socket.setEncoding('latin1')[Symbol.asyncIterator]();
  let tag = 0;
  return async command => {
    const name = `t${++tag}`;
    const verb = command.split(' ')[0];
    const ending = new RegExp(`(?:^|\r\n)${name} (\\w+)[^\r\n]*\r\n$`);
    socket.write(`${name} ${command}\r\n`);
    const answer: string[] = [];
    for (let end = ''; ; ) {
      const { value, done } = await chunks.next();
      if (done) throw new Error(`${verb} was answered by hanging up`);
      answer.push(value);
      end = (end + value).slice(-LAST_LINE_OCTETS);
      const status = ending.exec(end)?.[1];
      if (status === undefined) continue;
      if (status !== 'OK') throw new Error(`${verb} was answered with ${status}`);
      return answer.join('');
    }
  };
}

function literals(response: string): string[] {
  const found: string[] = [];
  for (let at = 0; ; ) {
    const length = /\{(\d+)\}\r\n/g;
    length.lastIndex = at;
    const match = length.exec(response);
    if (match === null) return found;
    const begin = match.index + match[0].length;
    at = begin + Number(match[1]);
    found.push(response.slice(begin, at));
  }
}
