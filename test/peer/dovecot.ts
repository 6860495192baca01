import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../provision/requirement.ts';
import { startDaemon } from './background-program.ts';
import { freePort, untilListening } from './port.ts';
import { makeServerFolder, removeServerFolder } from './server-folder.ts';

/** The one account, whose mailbox takes all mail. */
export const mailbox = { user: 'ann', pass: 'correct horse' } as const;

/** Owner of the mailbox: mail software refuses to deliver as root. */
export const mailboxOwner = 5000;

/** Dovecot, running: mailboxes, LMTP and the sign-in of whoever asks. */
export interface Dovecot {
  readonly imapPort: number;
  readonly lmtpPort: number;
  readonly saslPort: number;
  /** The account's Maildir. */
  readonly maildir: string;
  stop(): Promise<void>;
}

/** Starts Dovecot on free loopback ports, with a folder of its own; needs root. */
export async function startDovecot(): Promise<Dovecot> {
  const program = findProgram('dovecot');
  if (program === undefined) throw new Error('Run npm test, which installs Dovecot or says how');
  const folder = makeServerFolder('dovecot');
  const home = join(folder, 'home');
  mkdirSync(home, { mode: 0o777 });
  chmodSync(home, 0o777);
  const [imapPort, lmtpPort, saslPort] = [await freePort(), await freePort(), await freePort()];
  writeFileSync(join(folder, 'passwd'), `${mailbox.user}:{PLAIN}${mailbox.pass}\n`);
  const file = join(folder, 'dovecot.conf');
  writeFileSync(file, configuration(folder, { imapPort, lmtpPort, saslPort }));
  const daemon = await startDaemon(
    program,
    ['-F', '-c', file],
    signal => untilListening([imapPort, lmtpPort, saslPort], signal),
    { stdio: 'ignore' },
  );
  return {
    imapPort,
    lmtpPort,
    saslPort,
    maildir: join(home, mailbox.user, 'Maildir'),
    async stop() {
      await daemon.stop();
      removeServerFolder(folder);
    },
  };
}

function configuration(
  folder: string,
  { imapPort, lmtpPort, saslPort }: Pick<Dovecot, 'imapPort' | 'lmtpPort' | 'saslPort'>,
): string {
  const listener = (name: string, port: number) =>
    `inet_listener ${name} {\n address = 127.0.0.1\n port = ${port}\n }`;
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
auth_username_format = %n
mail_location = maildir:~/Maildir
recipient_delimiter = +
auth_failure_delay = 0
passdb {
 driver = passwd-file
 args = ${folder}/passwd
}
userdb {
 driver = static
 args = uid=${mailboxOwner} gid=${mailboxOwner} home=${folder}/home/%n
}
service imap-login {
 chroot =
 ${listener('imap', imapPort)}
 inet_listener imaps {
 port = 0
 }
}
service lmtp {
 ${listener('lmtp', lmtpPort)}
}
service anvil {
 unix_listener anvil-auth-penalty {
 mode = 0
 }
}
service auth {
 ${listener('sasl', saslPort)}
}
`;
}
