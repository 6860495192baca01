// Django's functions: to one person, to many, to the admins and to the managers.
import { createMail } from '@posthaste/mailer';

const [server = 'smtp://127.0.0.1:2525?tls=none'] = process.argv.slice(2);

await using mail = createMail({
  mailers: { default: server },
  defaultFrom: 'Shop <shop@example.org>',
  serverEmail: 'Web server <root@example.org>',
  subjectPrefix: '[shop] ',
  admins: ['Ann <ann@example.org>', 'Ben <ben@example.org>'],
  managers: ['Carla <carla@example.org>'],
});
console.log(await mail.sendMail('Your order', 'It is on its way.', null, ['bob@example.net']));
console.log(
  await mail.sendMassMail([
    ['Sale', 'Everything must go.', null, ['dora@example.net']],
    ['Sale', 'Everything must go.', 'sale@example.org', ['emil@example.net', 'frieda@example.net']],
  ]),
);
console.log(await mail.mailAdmins('Disk full', 'Only 1 % is left.'));
console.log(await mail.mailManagers('Stock', 'Tea is low.', { html: '<p><b>Tea</b> is low.</p>' }));

const email = new mail.EmailMultiAlternatives({
  subject: 'Newsletter',
  body: 'As text',
  to: ['Bob <bob@example.net>'],
  bcc: ['archive@example.org'],
  replyTo: ['editor@example.org'],
  headers: { 'X-Campaign': 'autumn' },
});
email.attachAlternative('<p>As HTML</p>', 'text/html');
email.attach('prices.csv', 'tea,3\n', 'text/csv');
console.log(await email.send());
