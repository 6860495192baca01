import type { Mailer } from './mailer.ts';
import type { SendOptions } from './message-input.ts';
import { envelopeOf, type NodemailerEnvelope } from './nodemailer-address.ts';
import { type NodemailerDkim, nodemailerDkim } from './nodemailer-dkim.ts';
import type { NodemailerOptions } from './nodemailer-message.ts';
import { messageNames, nodemailerMessage } from './nodemailer-message.ts';
import { fieldsOf } from './option-check.ts';
import type { Receipt } from './receipt.ts';

export type { NodemailerAddress, NodemailerAddresses, NodemailerEnvelope } from './nodemailer-address.ts';
export type {
  NodemailerAttachment,
  NodemailerEvent,
  NodemailerText,
} from './nodemailer-content.ts';
export {
  type NodemailerDkim,
  type NodemailerDkimKey,
  nodemailerDkim as fromNodemailerDkim,
} from './nodemailer-dkim.ts';
export type { NodemailerHeaders } from './nodemailer-headers.ts';
export type { NodemailerOptions } from './nodemailer-message.ts';
export { nodemailerMessage as fromNodemailerMessage } from './nodemailer-message.ts';

/** What nodemailer hands a transport: the composed message. */
export interface NodemailerMail {
  readonly message: {
    getEnvelope(): { readonly from: string | false; readonly to: readonly string[] };
    messageId(): string;
    createReadStream(): AsyncIterable<Uint8Array>;
  };
}

/** What nodemailer's callers get back. */
export interface NodemailerInfo {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly messageId: string;
  readonly accepted: readonly string[];
  readonly rejected: readonly string[];
  readonly response: string;
  /** The whole account. */
  readonly receipt: Receipt;
}

/** What `sendMail` takes: a message, and how to send it. */
export interface NodemailerMailOptions extends NodemailerOptions {
  /** Replaces the envelope that the header fields give; everyone in to, cc and bcc is a recipient. */
  readonly envelope?: NodemailerEnvelope | null | undefined;
  /** Signs this message, in place of the mailer's own signers. */
  readonly dkim?: NodemailerDkim | false | undefined;
  /** Stops the sending. */
  readonly signal?: AbortSignal | undefined;
}

/** Hears how it ended: null and what came of it, or an error and nothing else, whatever the type promises. */
export type NodemailerCallback<T> = (error: Error | null, result: T) => void;

/** An object that nodemailer takes as a transport, and that other programs take as a transporter. */
export interface NodemailerTransport {
  readonly name: string;
  readonly version: string;
  /** As `nodemailer.createTransport(transport)` calls it: the octets are nodemailer's. */
  send(mail: NodemailerMail, callback: NodemailerCallback<NodemailerInfo>): void;
  /** As frameworks call a transporter: the octets are ours. A callback hears what the promise would have said. */
  sendMail(options: NodemailerMailOptions): Promise<NodemailerInfo>;
  sendMail(options: NodemailerMailOptions, callback: NodemailerCallback<NodemailerInfo>): void;
  verify(): Promise<true>;
  verify(callback: NodemailerCallback<true>): void;
  close(): void;
}

/**
 * Presents a mailer to programs that want a nodemailer transport.
 *
 * @example
 * ```ts
 * const transporter = nodemailer.createTransport(toNodemailerTransport(mailer));
 * await transporter.sendMail({ from: 'ann@example.org', to: 'bob@example.net', text: 'Hello' });
 * ```
 */
export function toNodemailerTransport(mailer: Mailer): NodemailerTransport {
  const deliver = async (options: NodemailerMailOptions): Promise<NodemailerInfo> => {
    const { envelope, dkim, signal, ...rest } = fieldsOf(Object(options) as NodemailerMailOptions, {
      ...messageNames,
      signal: true,
    });
    const sendOptions: SendOptions = {
      ...(envelope && { envelope: envelopeOf(envelope) }),
      ...(dkim !== undefined && { dkim: dkim && nodemailerDkim(dkim) }),
      signal,
    };
    const receipt = await mailer.send(nodemailerMessage(rest), sendOptions);
    return infoOf(receipt, receipt.messageId ?? '');
  };
  const relayed = async ({ message }: NodemailerMail): Promise<NodemailerInfo> => {
    const { from, to } = message.getEnvelope();
    const messageId = message.messageId();
    const raw = message.createReadStream();
    return infoOf(await mailer.send({ raw, envelope: { from: from || '', to } }), messageId);
  };
  return {
    name: 'Posthaste',
    version: '1',
    send: (mail, callback) => void answered(relayed(mail), callback),
    sendMail: ((options: NodemailerMailOptions, callback?: NodemailerCallback<NodemailerInfo>) =>
      answered(deliver(options), callback)) as NodemailerTransport['sendMail'],
    verify: ((callback?: NodemailerCallback<true>) =>
      answered(
        mailer.verify().then(() => true as const),
        callback,
      )) as NodemailerTransport['verify'],
    close() {
      mailer.close().catch(() => {});
    },
  };
}

/** The promise, or nothing when a callback hears its end; what that throws is the program's own uncaught error. */
function answered<T>(
  promise: Promise<T>,
  callback: NodemailerCallback<T> | undefined,
): Promise<T> | undefined {
  if (typeof callback !== 'function') return promise;
  promise.then(
    result => queueMicrotask(() => callback(null, result)),
    error => queueMicrotask(() => callback(error, undefined as T)),
  );
  return undefined;
}

function infoOf(receipt: Receipt, messageId: string): NodemailerInfo {
  const withState = (accepted: boolean): string[] =>
    receipt.recipients.filter(entry => (entry.state === 'accepted') === accepted).map(entry => entry.address);
  return {
    envelope: receipt.envelope,
    messageId,
    accepted: withState(true),
    rejected: withState(false),
    response: receipt.reply ? `${receipt.reply.code} ${receipt.reply.lines.join('\n')}` : '',
    receipt,
  };
}
