// Lets scripted server dialogues drive SmtpServer: every policy question is answered from the dialogue's options.
import { SmtpServer } from '@posthaste/smtp-core';

const octets = text => new TextEncoder().encode(text);
const text = octets => new TextDecoder().decode(octets);

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
    extensions: caps,
    maxMessageOctets: size,
    startTls: tls,
    auth: auth ? ['PLAIN', 'LOGIN'] : [],
    allowInsecureAuth: true,
    lmtp,
    ...(maxLine === undefined ? {} : { maxCommandOctets: maxLine }),
  });
  const messages = [];
  const users = auth === true ? {} : auth;
  let message;
  let user;
  const login = (name, pass) =>
    users[name] !== undefined && users[name] === pass
      ? server.accept()
      : server.reject(535, 'No such login', '5.7.8');
  const authenticate = ({ mechanism, response, initial }) => {
    if (initial) user = undefined;
    if (response === null) return server.challenge(octets(mechanism === 'LOGIN' ? 'Username:' : ''));
    if (mechanism === 'PLAIN') return login(...text(response).split('\0').slice(1));
    if (user !== undefined) return login(user, text(response));
    user = text(response);
    return server.challenge(octets('Password:'));
  };
  const answer = question => {
    if (question.type === 'auth') return authenticate(question);
    if (question.type === 'mail') message = { from: question.from, to: [], octets: [] };
    if (question.type === 'rcpt') {
      const code = rcpt[question.to] ?? 250;
      if (code >= 400) return server.reject(code, 'Refused');
      message.to.push(question.to);
    }
    if (question.type === 'message' && messages.at(-1) !== message)
      messages.push(Object.assign(message, { data: text(Uint8Array.from(message.octets)) }));
    server.accept();
  };
  return {
    messages,
    receive: octets => server.receive(octets),
    tlsStarted: () => server.tlsStarted(),
    poll() {
      for (let action = server.poll(); ; action = server.poll()) {
        if (action.type === 'ask') answer(action.question);
        else if (action.type !== 'event') return action;
        else if (action.event.type === 'content') message.octets.push(...action.event.data);
      }
    },
  };
}
