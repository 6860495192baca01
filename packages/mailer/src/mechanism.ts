// Loaded at the first sign-in, without the machines of the package.
export { cramMd5, login, oauthBearer, plain, scramSha1, scramSha256, xoauth2 } from '@posthaste/smtp-core';
