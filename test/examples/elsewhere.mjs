// Loaded before a program: every TCP connection goes to 127.0.0.1, to the port that ELSEWHERE has for the one meant.
// Names are verified as ever, so the certificate there must be made out to the host that was meant.
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const ports = JSON.parse(process.env.ELSEWHERE);
const { connect } = net;
net.connect = (options, ...rest) =>
  connect({ ...options, host: '127.0.0.1', port: ports[options.port] }, ...rest);
syncBuiltinESMExports();
