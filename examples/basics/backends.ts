// The same program with four backends that need no server. Run: node backends.ts FOLDER
import { createMailer, memoryBackend } from '@posthaste/mailer';

const [path = 'sent'] = process.argv.slice(2);
const message = {
  from: 'ann@example.org',
  to: 'bob@example.net',
  subject: 'Test',
  text: 'Wherever this goes.',
};

const memory = memoryBackend();
const mailers = {
  console: createMailer({ backend: 'console' }), // prints
  file: createMailer({ backend: 'file', path }), // one .eml for each message
  memory: createMailer(memory), // keeps, for tests
  dummy: createMailer({ backend: 'dummy' }), // says yes and does nothing
};
for (const [name, mailer] of Object.entries(mailers)) {
  const receipt = await mailer.send(message);
  console.log(name, receipt.state);
}
console.log('kept', memory.outbox.length, memory.outbox[0]?.envelope.to);
