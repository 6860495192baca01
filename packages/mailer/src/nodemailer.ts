import { MailerError } from './error.ts';
import type { Mailer } from './mailer.ts';
import type { SendOptions } from './message-input.ts';
import { type NodemailerDkim, nodemailerDkim } from './nodemailer-dkim.ts';
import type { NodemailerOptions } from './nodemailer-message.ts';
import { nodemailerMessage } from './nodemailer-message.ts';
import type { Receipt } from './receipt.ts';

export {
  type NodemailerDkim,
  type NodemailerDkimKey,
  nodemailerDkim as fromNodemailerDkim,
} from './nodemailer-dkim.ts';
export type {
  NodemailerAddresses,
  NodemailerAttachment,
  NodemailerHeaders,
  NodemailerOptions,
  NodemailerText,
} from './nodemailer-message.ts';
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
  readonly envelope?: { readonly from?: string; readonly to?: string | readonly string[] };
  /** Signs this message, in place of the mailer's own signers. */
  readonly dkim?: NodemailerDkim | false;
}

/** An object that nodemailer takes as a transport, and that other programs take as a transporter. */
export interface NodemailerTransport {
  readonly name: string;
  readonly version: string;
  /** As `nodemailer.createTransport(transport)` calls it: the octets are nodemailer's. */
  send(mail: NodemailerMail, callback: (error: Error | null, info?: NodemailerInfo) => void): void;
  /** As frameworks call a transporter: the octets are ours. */
  sendMail(options: NodemailerMailOptions): Promise<NodemailerInfo>;
  verify(): Promise<true>;
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
  return {
    name: 'Posthaste',
    version: '1',
    send({ message }, callback) {
      const { from, to } = message.getEnvelope();
      const messageId = message.messageId();
      mailer
        .send({ raw: message.createReadStream(), envelope: { from: from || '', to } })
        .then(receipt => infoOf(receipt, messageId))
        .then(
          info => callback(null, info),
          error => callback(error),
        );
    },
    async sendMail(options) {
      const { envelope, dkim, ...rest } = options;
      const sendOptions: SendOptions = {
        ...(envelope && { envelope: envelopeOf(envelope) }),
        ...(dkim !== undefined && { dkim: dkim && nodemailerDkim(dkim) }),
      };
      const receipt = await mailer.send(nodemailerMessage(rest), sendOptions);
      return infoOf(receipt, receipt.messageId ?? '');
    },
    async verify() {
      await mailer.verify();
      return true;
    },
    close() {
      void mailer.close();
    },
  };
}

function envelopeOf(
  envelope: NonNullable<NodemailerMailOptions['envelope']>,
): NonNullable<SendOptions['envelope']> {
  if (typeof envelope.from !== 'string' || (typeof envelope.to !== 'string' && !Array.isArray(envelope.to))) {
    throw new MailerError(
      'invalid-message',
      'Give the envelope from as a string, and to as a string or an array',
    );
  }
  return { from: envelope.from, to: envelope.to };
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
