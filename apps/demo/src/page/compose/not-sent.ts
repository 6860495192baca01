import { ConnectError } from '@posthaste/bridge';
import { RelayError } from '@posthaste/bridge/websocket';
import { type ErrorKind, SmtpError } from '@posthaste/smtp-core';
import { causeOf, rootOf } from './cause.ts';
import { TokenError } from './token.ts';
import { UnreadableFileError } from './unreadable-file.ts';

interface Reason {
  readonly message: string;
  readonly advice?: string;
}

/** What helps where sending again does not. */
const ADVICE: Readonly<Partial<Record<ErrorKind, string>>> = {
  size: 'Leave out the largest file, or make the text shorter.',
  limits: 'Send to fewer people at a time.',
};

const TOO_LARGE: Reason = {
  message:
    'The message is more than the relay takes in one session: 35 MiB, files as they are encoded. Nobody has it.',
  advice: 'Leave out the largest file: files grow by more than a third on their way.',
};

/** Why a message was not sent, and what to do about it; `advice` is the sender's, where nothing better is known. */
export function whyNotSent(error: unknown, upstream: string, advice: string | undefined): Reason {
  const local = causeOf(error, TokenError) ?? causeOf(error, UnreadableFileError);
  if (local) return { message: `${local.message}. Nothing was sent.`, advice: local.advice };
  const relay = causeOf(error, RelayError);
  if (relay) return relayReason(relay, upstream);
  const connect = causeOf(error, ConnectError);
  if (connect) {
    return {
      message: `The relay at ${connect.host}:${connect.port} could not be reached. Nothing was sent.`,
      advice: 'Check that the demo is still running, then send again.',
    };
  }
  const smtp = causeOf(error, SmtpError);
  if (smtp) {
    return {
      message: smtp.reply
        ? 'The session ended before the message was complete. Nobody has it.'
        : `${smtp.message}. Nobody has the message.`,
      advice: advice ?? ADVICE[smtp.kind] ?? 'Send it again; if it fails again, look at the mail server.',
    };
  }
  const root = rootOf(error);
  return {
    message: root instanceof Error ? root.message : String(root),
    ...(advice !== undefined && { advice }),
  };
}

function relayReason(error: RelayError, upstream: string): Reason {
  switch (error.code) {
    case 'E_UPSTREAM':
      return {
        message: `The mail server cannot be reached: the relay got no answer from ${upstream}. Nothing was sent.`,
        advice: 'Start the mail server or correct its address, then send again.',
      };
    case 'E_TOKEN':
      return {
        message: 'The relay did not take the token of this page. Nothing was sent.',
        advice: 'Send again, which fetches a new token; if that fails too, reload the page.',
      };
    case 'E_SIZE':
      return TOO_LARGE;
    case 'E_QUOTA':
      // Every message has a token of its own: once a session is open, only its octets can use that up.
      if (error.phase !== 'open') return TOO_LARGE;
      return {
        message: 'The relay has as many connections as it takes at a time. Nothing was sent.',
        advice: 'Wait a few seconds, then send again.',
      };
    default:
      return { message: `${error.message}. Nobody has the message.` };
  }
}
