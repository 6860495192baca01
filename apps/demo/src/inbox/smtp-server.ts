import type { ServeHandler, ServeSession } from '@posthaste/bridge';
import type { ServerOptions } from '@posthaste/smtp-core';
import type { MessageStore } from './message-store.ts';
import { SessionLog } from './session-log.ts';
import { summarize } from './summary.ts';

/** What the dev inbox offers: everything a client may want to try, and any login. */
export const INBOX_SERVER: ServerOptions = {
  serverName: 'inbox.invalid',
  greeting: 'ESMTP Posthaste dev inbox',
  extensions: ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'CHUNKING', 'DSN'],
  maxMessageOctets: 36_700_160,
  auth: ['PLAIN', 'LOGIN'],
  allowInsecureAuth: true,
};

/** What is remembered of one client. */
interface Visit {
  readonly log: SessionLog;
  /** What LOGIN still has to ask. */
  prompts: string[];
  /** The message taken last, whose last lines are yet to come. */
  messageId?: string;
}

/** Takes every message from everyone and keeps it with the session it came in. */
export function inboxHandler(store: MessageStore): ServeHandler {
  const visits = new WeakMap<ServeSession, Visit>();
  const visitOf = (session: ServeSession): Visit => {
    const known = visits.get(session);
    if (known !== undefined) return known;
    const visit: Visit = { log: new SessionLog(session.remoteAddress), prompts: [] };
    visits.set(session, visit);
    return visit;
  };

  return {
    onAuth({ mechanism, response, initial }, session) {
      if (mechanism === 'PLAIN') return response === null ? { challenge: new Uint8Array() } : undefined;
      const visit = visitOf(session);
      if (initial) visit.prompts = response === null ? ['Username:', 'Password:'] : ['Password:'];
      const prompt = visit.prompts.shift();
      return prompt === undefined ? undefined : { challenge: new TextEncoder().encode(prompt) };
    },

    async onMessage({ envelope, content, session }) {
      const visit = visitOf(session);
      visit.log.content(content.length);
      const id = crypto.randomUUID();
      const { from, to } = envelope;
      const summary = await summarize(content, { id, from, to, date: new Date(), secure: session.secure });
      store.add({ summary, raw: content, session: visit.log.lines() });
      visit.messageId = id;
    },

    onTranscript(line, session) {
      const visit = visitOf(session);
      if (line.direction === 'in' && /^MAIL /i.test(line.text)) delete visit.messageId;
      visit.log.line(line, session.secure);
      if (visit.messageId !== undefined) store.amend(visit.messageId, visit.log.lines());
    },
  };
}
