// Lets scripted server dialogues drive SmtpServer: every policy question is answered from the dialogue's options.
import { CleartextExchange, SmtpServer } from '@posthaste/smtp-core';

const OWN_OPTION = /^(?:SIZE|STARTTLS|AUTH)\b/i;

export function createServer({
  name,
  caps = [],
  size = 0,
  tls = false,
  auth,
  rcpt = {},
  maxLine,
  lmtp = false,
}) {
  const server = new SmtpServer({
    serverName: name,
    extensions: caps.filter(line => !OWN_OPTION.test(line)),
    maxMessageOctets: size,
    startTls: tls,
    auth: auth ? ['PLAIN', 'LOGIN'] : [],
    allowInsecureAuth: true,
    lmtp,
    ...(maxLine === undefined ? {} : { maxCommandOctets: maxLine }),
  });
  const messages = [];
  const logins = new CleartextExchange();
  let draft;

  function login(question) {
    const step = logins.step(question);
    if (step === undefined) server.reject(501, 'Malformed credentials', '5.5.2');
    else if ('challenge' in step) server.challenge(step.challenge);
    else if (
      auth === true ||
      (Object.hasOwn(auth, step.credentials.user) && auth[step.credentials.user] === step.credentials.pass)
    )
      server.accept();
    else server.reject(535, 'Wrong user or password', '5.7.8');
  }

  function answer(question) {
    const code = question.type === 'rcpt' ? (rcpt[question.to] ?? 250) : 250;
    if (question.type === 'auth') login(question);
    else if (code >= 400) server.reject(code, 'Refused');
    else {
      if (question.type === 'mail') draft = { from: question.from, to: [], octets: [] };
      if (question.type === 'rcpt') draft.to.push(question.to);
      if (question.type === 'message' && messages.at(-1) !== draft)
        messages.push(
          Object.assign(draft, { data: new TextDecoder().decode(Uint8Array.from(draft.octets)) }),
        );
      server.accept();
    }
  }

  return {
    messages,
    receive: octets => server.receive(octets),
    tlsStarted: () => server.tlsStarted(),
    poll() {
      for (let action = server.poll(); ; action = server.poll()) {
        if (action.type === 'ask') answer(action.question);
        else if (action.type !== 'event') return action;
        else if (action.event.type === 'content') draft.octets.push(...action.event.data);
      }
    },
  };
}
