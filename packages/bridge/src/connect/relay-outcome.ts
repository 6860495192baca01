import { abortable } from '../abortable.ts';
import { checkTransactionId, makeTransactionId, type TransactionOutcome } from '../transaction.ts';
import {
  checkedUrl,
  openChannel,
  type RelayConnectOptions,
  relayError,
  relayFailure,
} from './relay-opening.ts';

/** How long a question about a transaction may take, in milliseconds: the relay connects to the mail server first. */
const outcomeMs = 30_000;

/**
 * Asks a relay what became of the message that was sent under a name, on a connection of its own: the answer to a
 * connection that was lost behind the end of the message. It has to be asked with a token for the same `sub`, within ten
 * minutes; asking changes nothing.
 *
 * @param id The `transaction` that the message was sent with.
 * @throws {TypeError} The address or the id is malformed.
 * @throws {ConnectError} The relay gave no answer; `relay` when it refused or could not be reached.
 *
 * @example Ask instead of sending twice
 * ```ts
 * const { state, reply } = await relayOutcome({ url, token }, transaction);
 * if (state === 'accepted') console.log('taken after all', reply);
 * ```
 */
export async function relayOutcome(
  options: RelayConnectOptions,
  id: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<TransactionOutcome> {
  const url = checkedUrl(options);
  checkTransactionId(id);
  const patience = AbortSignal.timeout(outcomeMs);
  const until = signal ? AbortSignal.any([signal, patience]) : patience;
  try {
    return await ask(url, options, { id, signal: until });
  } catch (cause) {
    if (signal?.aborted) throw relayError('aborted', url, { cause: signal.reason });
    throw patience.aborted ? relayError('timeout', url, { cause }) : relayFailure(cause, url);
  }
}

async function ask(
  url: URL,
  options: RelayConnectOptions,
  { id, signal }: { readonly id: string; readonly signal: AbortSignal },
): Promise<TransactionOutcome> {
  const channel = await openChannel(url, options, { secureTransport: 'off', signal });
  try {
    if ((await channel.opened).mode === 'bytes') {
      throw relayError('unsupported', url, { advice: 'Name a target in submit mode' });
    }
    const outcome = await abortable(channel.nameTransaction(id), signal);
    // Asking took the name; naming another gives it back, so that a message can be sent under it at once.
    if (outcome.state === 'new') await abortable(channel.nameTransaction(makeTransactionId()), signal);
    return outcome;
  } finally {
    await channel.close();
  }
}
