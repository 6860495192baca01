// Loaded at the first connect, without the server side of the package.
export { makeTransactionId, openConnection } from '@posthaste/bridge';
