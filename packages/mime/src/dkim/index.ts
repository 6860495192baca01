export { type DkimOptions, signDkim } from './sign.ts';
