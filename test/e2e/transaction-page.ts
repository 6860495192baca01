import { openConnection } from '@posthaste/bridge';
import { makeTransactionId, relayConnect, relayOutcome } from '@posthaste/bridge/websocket';

const relay = {
  url: `ws://${location.host}/relay`,
  token: async (signal: AbortSignal) => (await fetch('/token', { method: 'POST', signal })).text(),
};
const envelope = { from: 'ann@example.org', to: ['bob@example.net'] };
const message = new TextEncoder().encode('Subject: Once\r\n\r\nHello\r\n');

/** What became of sending the message under a name: whom the server took it for, or what the error says. */
async function send(transaction: string) {
  const connection = await openConnection({ hostname: location.hostname, connect: relayConnect(relay) });
  try {
    return { accepted: (await connection.sendRaw(envelope, message, { transaction })).accepted };
  } catch (error) {
    const { name, deliveryUnknown, outcome } = error as Record<string, unknown>;
    return { name, deliveryUnknown, outcome };
  } finally {
    await connection.close();
  }
}

const transactions = { makeTransactionId, send, ask: (id: string) => relayOutcome(relay, id) };
/** What the test calls in the page. */
export type Transactions = typeof transactions;
Object.assign(globalThis, { transactions });
