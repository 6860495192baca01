import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from '../provision/requirement.ts';
import type { Certificate } from './certificate.ts';
import { type Dovecot, mailbox, mailboxOwner } from './dovecot.ts';
import { freePort, untilListening } from './port.ts';
import { makeServerFolder, removeServerFolder } from './server-folder.ts';

/** Postfix, running: all mail for `example.net` goes into Dovecot's mailbox. */
export interface Postfix {
  /** `plain` trusts its clients; the others want TLS and a password. */
  readonly ports: Readonly<Record<'plain' | 'starttls' | 'implicit', number>>;
  /** The program that speaks SMTP on its standard streams, and what it wants. */
  readonly stdio: { readonly program: string; readonly args: readonly string[] };
  stop(): void;
}

/** Starts Postfix on free loopback ports, with a folder of its own; needs root. */
export async function startPostfix({ cert, key }: Certificate, dovecot: Dovecot): Promise<Postfix> {
  const program = findProgram('postfix');
  if (program === undefined) throw new Error('Run npm test, which installs Postfix or says how');
  const folder = makeServerFolder('postfix');
  for (const name of ['etc', 'spool', 'data']) mkdirSync(join(folder, name));
  const ports = { plain: await freePort(), starttls: await freePort(), implicit: await freePort() };
  const write = (name: string, text: string) => writeFileSync(join(folder, 'etc', name), text);
  write('main.cf', mainConfiguration(folder, dovecot));
  write('master.cf', masterConfiguration(ports));
  write('mailboxes', `@example.net ${mailbox.user}/Maildir/\n`);
  write('tls.pem', key + cert);
  // It hands its standard output down to daemons that outlive the call.
  const postfix = (...args: string[]) =>
    execFileSync(program, ['-c', join(folder, 'etc'), ...args], { stdio: 'ignore' });
  execFileSync('chown', ['postfix', join(folder, 'data')]);
  const stop = () => {
    try {
      postfix('stop');
    } finally {
      removeServerFolder(folder);
    }
  };
  postfix('start');
  try {
    await untilListening(Object.values(ports), AbortSignal.timeout(60_000));
  } catch (error) {
    stop();
    throw error;
  }
  return {
    ports,
    stdio: { program: join(dirname(program), 'sendmail'), args: ['-C', join(folder, 'etc'), '-bs'] },
    stop,
  };
}

function mainConfiguration(folder: string, { maildir, saslPort }: Dovecot): string {
  return `compatibility_level = 3.6
myhostname = postfix.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = ${folder}/spool
data_directory = ${folder}/data
maillog_file = ${folder}/data/postfix.log
maillog_file_prefixes = ${folder}
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
disable_dns_lookups = yes
default_transport = discard
alias_maps =
alias_database =
local_recipient_maps =
local_header_rewrite_clients =
virtual_mailbox_domains = example.net
virtual_mailbox_maps = texthash:${folder}/etc/mailboxes
virtual_mailbox_base = ${join(maildir, '..', '..')}
virtual_uid_maps = static:${mailboxOwner}
virtual_gid_maps = static:${mailboxOwner}
smtputf8_enable = yes
smtpd_tls_chain_files = ${folder}/etc/tls.pem
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${saslPort}
smtpd_sasl_security_options = noanonymous
smtpd_error_sleep_time = 0
smtpd_tls_received_header = yes
smtpd_tls_auth_only = yes
message_size_limit = 20480000
`;
}

function masterConfiguration(ports: Postfix['ports']): string {
  const login =
    '-o smtpd_sasl_auth_enable=yes -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject';
  const daemons = ['bounce', 'proxymap', 'discard', 'error', 'anvil'];
  return `127.0.0.1:${ports.plain} inet n - n - - smtpd -o smtpd_tls_security_level=none -o smtpd_recipient_restrictions=check_recipient_access,inline:{refused.test=reject}
127.0.0.1:${ports.starttls} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt ${login}
127.0.0.1:${ports.implicit} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes ${login}
${daemons.map(name => `${name} unix - - n - - ${name}`).join('\n')}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
virtual unix - n n - - virtual
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
`;
}
