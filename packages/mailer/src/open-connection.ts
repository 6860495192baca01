// Loaded at the first connect, without the server side of the package.
export { openConnection } from '@posthaste/bridge';
