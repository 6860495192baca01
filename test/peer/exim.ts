import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eximPath } from '../provision/exim.ts';
import { startDaemon } from './background-program.ts';
import { freePort, untilListening } from './port.ts';
import { makeServerFolder, removeServerFolder } from './server-folder.ts';

/** Who Debian's Exim wants to be; made up for its process alone, so that the system needs no such account. */
const USER = 'Debian-exim:x:5001:5001::/nonexistent:/usr/sbin/nologin';

/** Exim, running: all mail for `example.net` becomes files. */
export interface Exim {
  readonly port: number;
  /** The program that speaks SMTP on its standard streams, and what it wants. */
  readonly stdio: {
    readonly program: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
  /** What was delivered: each below the headers that Exim puts on top. */
  messages(): string[];
  stop(): Promise<void>;
}

/** Starts Exim on a free loopback port, with a folder of its own; needs root. */
export async function startExim(): Promise<Exim> {
  const program = eximPath();
  const folder = makeServerFolder('exim');
  for (const name of ['spool', 'mail']) {
    mkdirSync(join(folder, name));
    chmodSync(join(folder, name), 0o777);
  }
  writeFileSync(join(folder, 'passwd'), `root:x:0:0:root:/root:/bin/sh\n${USER}\n`);
  writeFileSync(join(folder, 'group'), 'root:x:0:\nmail:x:8:\nDebian-exim:x:5001:\n');
  const port = await freePort();
  const file = join(folder, 'exim.conf');
  writeFileSync(file, configuration(folder, program, port));
  const env = {
    LD_PRELOAD: 'libnss_wrapper.so',
    NSS_WRAPPER_PASSWD: join(folder, 'passwd'),
    NSS_WRAPPER_GROUP: join(folder, 'group'),
  };
  const daemon = await startDaemon(program, ['-C', file, '-bdf'], signal => untilListening([port], signal), {
    stdio: 'ignore',
    env,
  });
  return {
    port,
    stdio: { program, args: ['-C', file, '-bs'], env },
    messages: () => {
      const fresh = join(folder, 'mail', 'new');
      if (!existsSync(fresh)) return [];
      return readdirSync(fresh).map(name => readFileSync(join(fresh, name), 'latin1'));
    },
    async stop() {
      await daemon.stop();
      removeServerFolder(folder);
    },
  };
}

function configuration(folder: string, program: string, port: number): string {
  return `exim_path = ${program}
keep_environment = LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
primary_hostname = exim.test
spool_directory = ${folder}/spool
log_file_path = ${folder}/spool/%slog
pid_file_path = ${folder}/exim.pid
daemon_smtp_ports = ${port}
daemon_startup_retries = 0
local_interfaces = 127.0.0.1
disable_ipv6
deliver_drop_privilege
host_lookup =
rfc1413_query_timeout = 0s
chunking_advertise_hosts = *
pipelining_advertise_hosts = *
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
tls_advertise_hosts =
message_size_limit = 20M
acl_smtp_rcpt = recipients
acl_smtp_data = contents
begin acl
recipients:
 accept domains = example.net
 deny message = Not here
contents:
 deny condition = \${if match{$h_subject:}{refuse}}
 message = Not this
 accept
begin routers
keep:
 driver = accept
 transport = files
begin transports
files:
 driver = appendfile
 maildir_format
 directory = ${folder}/mail
 user = 5001
 group = 5001
 delivery_date_add
 envelope_to_add
 return_path_add
`;
}
