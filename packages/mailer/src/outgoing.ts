import type { ComposedMessage, ComposeOptions, compose, Entity, Message } from '@posthaste/mime';
import type { Envelope } from '@posthaste/smtp-core';
import type { Outgoing } from './backend.ts';
import { checkDkim, type DkimSigners, signed } from './dkim-signer.ts';
import { MailerError } from './error.ts';
import { checkedMessage } from './message-check.ts';
import type { EnvelopeInput, MessageInput, RawContent, RawMessage, SendOptions } from './message-input.ts';
import { checkOptionNames, fieldsOf, type KnownNames } from './option-check.ts';
import { quoted } from './quoted.ts';
import { rawContent } from './raw-content.ts';
import { checkEnvelope, envelopeNames } from './send-check.ts';
import { outliveFailures } from './source-failure.ts';

/** The composer, as it was loaded. */
export interface Composer {
  readonly compose: typeof compose;
}

/** What is the same for every message of a mailer. */
export interface OutgoingContext {
  readonly composer: Composer;
  readonly compose: ComposeOptions | undefined;
  readonly dkim?: DkimSigners | undefined;
}

const rawNames: KnownNames<RawMessage> = { raw: true, envelope: true };

/**
 * Copies what may change while the composer is being loaded: a message belongs to its caller again once `send` has
 * returned its promise.
 */
export function snapshot(input: MessageInput): MessageInput {
  outliveFailures(input);
  const isPlain =
    typeof input === 'object' && input !== null && Object.getPrototypeOf(input) === Object.prototype;
  return isPlain ? { ...input } : input;
}

/**
 * Freezes a message: whatever is retried later, these are its octets, its signatures, its Message-ID and its envelope.
 *
 * It is laid out before the first wait.
 *
 * @throws MimeError | MailerError when it is not fit to be sent
 */
export async function prepare(
  input: MessageInput,
  options: SendOptions,
  context: OutgoingContext,
): Promise<Outgoing> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new MailerError('invalid-message', `Pass a message object, not ${quoted(input)}`);
  }
  if ('raw' in input) return prepareRaw(input, options, context);
  const composed = isComposed(input)
    ? input
    : isEntity(input)
      ? input.compose(context.compose)
      : composedMessage(input, context);
  const { dkim = context.dkim } = options;
  if (dkim && dkim !== context.dkim) checkDkim(dkim);
  const content = dkim ? await signedContent(composed, dkim, options.signal) : composed;
  return outgoing(content, options.envelope, composed.envelope, options, context);
}

function composedMessage(message: Message, context: OutgoingContext): ComposedMessage {
  return context.composer.compose(checkedMessage(message), context.compose);
}

/** A message that was called off while it was being signed has nothing to send, rather than something unsigned. */
async function signedContent(
  message: ComposedMessage,
  signers: DkimSigners,
  signal: AbortSignal | undefined,
): Promise<Content> {
  try {
    return await signed(message, signers, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
    return {
      messageId: message.messageId,
      replayable: false,
      bytes: () => Promise.reject(error),
      stream: () => new ReadableStream({ start: controller => controller.error(error) }),
    };
  }
}

function prepareRaw(input: RawMessage, options: SendOptions, context: OutgoingContext): Outgoing {
  checkOptionNames<RawMessage>('a ready-made message', input, rawNames);
  if (options.dkim) {
    throw new MailerError(
      'invalid-option',
      'Sign ready-made octets before you pass them: dkim is for messages that are composed here',
    );
  }
  const content = isComposed(input.raw) ? input.raw : rawContent(input.raw);
  const known = isComposed(input.raw) ? input.raw.envelope : undefined;
  return outgoing(content, options.envelope ?? input.envelope, known, options, context);
}

/** What composed messages and ready-made octets have in common. */
export interface Content {
  readonly messageId?: string;
  readonly size?: number | undefined;
  readonly body?: Envelope['body'];
  readonly replayable: boolean;
  bytes(): Promise<Uint8Array>;
  stream(): ReadableStream<Uint8Array>;
}

function outgoing(
  content: Content,
  given: EnvelopeInput | undefined,
  known: Envelope | undefined,
  options: SendOptions,
  context: OutgoingContext,
): Outgoing {
  if (given === undefined && known === undefined) {
    throw new MailerError('invalid-message', 'Give ready-made octets an envelope: { from, to }');
  }
  const addresses = given === undefined ? known! : checkedEnvelope(given, known, context);
  if (addresses.to.length === 0) throw noRecipients();
  const { size, body = content.body } = addresses;
  const octets = size ?? content.size;
  const envelope: Envelope = {
    ...addresses,
    ...(octets !== undefined && { size: octets }),
    ...(body !== undefined && { body }),
    ...(options.dsn && { dsn: options.dsn }),
    ...(options.requireTls !== undefined && { requireTls: options.requireTls }),
    ...(options.deliverBy !== undefined && { deliverBy: options.deliverBy }),
    ...(options.holdFor !== undefined && { holdFor: options.holdFor }),
    ...(options.holdUntil !== undefined && { holdUntil: options.holdUntil }),
    ...(options.priority !== undefined && { priority: options.priority }),
  };
  return {
    envelope,
    ...(content.messageId !== undefined && { messageId: content.messageId }),
    ...(content.size !== undefined && { size: content.size }),
    replayable: content.replayable,
    // Nothing here is shared memory, unless a caller's own octets are, which fetch refuses then.
    bytes: () => content.bytes() as Promise<Uint8Array<ArrayBuffer>>,
    stream: () => content.stream(),
  };
}

/** Addresses are checked, mapped and named once by the composer itself: one set of rules for both ways in. */
function checkedEnvelope(
  given: EnvelopeInput,
  known: Envelope | undefined,
  context: OutgoingContext,
): Envelope {
  checkEnvelope(given);
  const { from, to, ...parameters } = fieldsOf(given, envelopeNames);
  const recipients = typeof to === 'string' ? [to] : to;
  if (typeof from !== 'string' || !Array.isArray(recipients)) {
    throw new MailerError(
      'invalid-message',
      'Give the envelope from as a string, and to as a string or an array',
    );
  }
  if (recipients.length === 0) throw noRecipients();
  const probe = { to: recipients, smtputf8: given.smtputf8 ?? known?.smtputf8 };
  // The null reverse-path is no address (RFC 5321 §4.5.5), so a recipient stands in for it while the rest is checked.
  const checked = context.composer.compose(
    { ...probe, from: from === '' ? recipients[0] : from },
    context.compose,
  ).envelope;
  return { ...known, ...checked, ...parameters, from: from === '' ? '' : checked.from };
}

function noRecipients(): MailerError {
  return new MailerError('no-recipients', 'Name at least one recipient in to, cc, bcc or the envelope');
}

/** By its method, not by its class: the class would have to be loaded for every mailer. */
function isEntity(value: MessageInput): value is Entity {
  return 'compose' in value && typeof value.compose === 'function';
}

function isComposed(value: MessageInput | RawContent): value is ComposedMessage {
  return (
    typeof value === 'object' &&
    value !== null &&
    'envelope' in value &&
    'replayable' in value &&
    'bytes' in value
  );
}
