// The post office in a process of its own: it shares neither a core's time nor a runtime's module conditions with the
// tests. It is given its certificate as the first message and answers with its address; it ends with its parent.
import { once } from 'node:events';
import type { Certificate } from './certificate.ts';
import { openPostOffice } from './post-office.ts';

const [certificate] = (await once(process, 'message')) as [Certificate];
const { ports, ca, url, stop } = await openPostOffice(certificate);
process.send!({ ports, ca, url });
await once(process, 'disconnect');
await stop();
// A client that keeps its connection open keeps nobody waiting.
process.exit();
