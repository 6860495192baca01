import { render } from 'hono/jsx/dom';
import { readBoot } from '../element/boot.ts';
import { Composer, type Station } from './composer.tsx';

render(<Composer station={readBoot<Station>()} />, document.getElementById('main')!);
