import { isBackend } from './backend.ts';
import { deliveryErrorOf } from './delivery-error.ts';
import type { EmailMessage, EmailSendOptions } from './email-message.ts';
import { DeliveryError, MailerError } from './error.ts';
import { isConnectError, isSmtpError } from './known-error.ts';
import { Mailer } from './mailer.ts';
import type { Mailers } from './mailers.ts';
import type { MessageInput } from './message-input.ts';
import { checkOptionNames, type KnownNames } from './option-check.ts';

const optionNames: KnownNames<EmailSendOptions> = {
  using: true,
  auth: true,
  failSilently: true,
  signal: true,
};

/**
 * Sends messages in the Django way: one after another over one connection, and the first that fails ends it.
 *
 * @returns how many were sent; a message that some recipients got counts
 */
export async function deliverEmails(
  emails: readonly EmailMessage[],
  options: EmailSendOptions,
  mailers: Mailers,
): Promise<number> {
  checkOptionNames<EmailSendOptions>('sendMail', options, optionNames);
  const messages = emails.filter(email => email.recipients().length > 0).map(messageOf);
  if (messages.length === 0) return 0;
  const { mailer, temporary } = mailerFor(options, mailers);
  let sent = 0;
  try {
    for await (const receipt of mailer.sendMany(messages, options.signal && { signal: options.signal })) {
      if (receipt.state === 'accepted' || receipt.state === 'partial') sent++;
      else if (receipt.recipients.length > 0) throw deliveryErrorOf(receipt, mailer.adviceFor(receipt.error));
      else throw receipt.error;
    }
  } catch (error) {
    if (options.failSilently !== true || !isDeliveryTrouble(error)) throw error;
  } finally {
    if (temporary) await mailer.close();
  }
  return sent;
}

/** The header says what the fields say; the envelope always is the message's own, whatever headers were overridden. */
function messageOf(email: EmailMessage): MessageInput {
  if (email.from === undefined) {
    throw new MailerError('no-sender', 'Give the message from, or the settings defaultFrom');
  }
  return email.fields();
}

function mailerFor(
  { using, auth }: EmailSendOptions,
  mailers: Mailers,
): { readonly mailer: Mailer; readonly temporary: boolean } {
  if (auth !== undefined) {
    const target = mailers.target(typeof using === 'string' ? using : 'default');
    if (
      (using !== undefined && typeof using !== 'string') ||
      (typeof target === 'object' && isBackend(target))
    ) {
      throw new MailerError(
        'invalid-option',
        'Pass auth to the mailer itself: it can only replace that of an alias',
      );
    }
    return { mailer: mailers.make(target, { auth }), temporary: true };
  }
  if (using === undefined || typeof using === 'string')
    return { mailer: mailers.get(using), temporary: false };
  if (using instanceof Mailer) return { mailer: using, temporary: false };
  // A backend belongs to whoever made it and is left open.
  return { mailer: mailers.make(using), temporary: false };
}

/** What `failSilently` covers: trouble with a server or a network, never a mistake in the call. */
function isDeliveryTrouble(error: unknown): boolean {
  return error instanceof DeliveryError || isSmtpError(error) || isConnectError(error);
}
