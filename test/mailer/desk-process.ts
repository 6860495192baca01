// The desk in a process of its own: it shares neither a core's time nor a runtime's module conditions with the tests. It
// is given its certificate as the first message and answers with its address; it ends with its parent.
import { once } from 'node:events';
import type { Certificate } from '../peer/certificate.ts';
import { openListeningDesk } from './listening-desk.ts';

const [certificate] = (await once(process, 'message')) as [Certificate];
const { url, stop } = await openListeningDesk(certificate);
process.send!(url);
await once(process, 'disconnect');
await stop();
process.exit();
