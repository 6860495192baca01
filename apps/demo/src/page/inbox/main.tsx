import { render } from 'hono/jsx/dom';
import { readBoot } from '../element/boot.ts';
import { Inbox, type Station } from './inbox.tsx';

render(<Inbox station={readBoot<Station>()} />, document.getElementById('main')!);
