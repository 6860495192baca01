import { benchCompose } from './mime-compose.ts';
import { benchEncoders } from './mime-encoders.ts';
import { benchMemory } from './mime-memory.ts';
import { benchPython } from './mime-python.ts';

console.log(
  `Node ${process.version}; medians of interleaved rounds; ratios: how many times the first line's time`,
);
await benchEncoders();
await benchCompose();
await benchPython();
await benchMemory();
