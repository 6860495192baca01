// Loaded by `EmailMessage.message()` alone.
export { entityOf } from '@posthaste/mime';
