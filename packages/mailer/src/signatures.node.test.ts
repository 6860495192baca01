import type { Attachment, Message } from '@posthaste/mime';
import { expectTypeOf, test } from 'vitest';
import { attachFile } from './attach-file/node.ts';
import { fileBackend } from './backend/file/node.ts';
import {
  type Auth,
  type Backend,
  type ConnectError,
  consoleBackend,
  createMail,
  createMailer,
  type DeliveryError,
  type DkimSigner,
  dummyBackend,
  type Environment,
  fromEnv,
  type Mail,
  type Mailer,
  type MailerOptions,
  type MailOptions,
  type MassMail,
  type MemoryBackend,
  memoryBackend,
  type Provider,
  type ProviderName,
  provider,
  providerFor,
  providers,
  type Receipt,
  type ServerOptions,
  SmtpConnection,
  type SmtpConnectionOptions,
  type SmtpError,
} from './index.ts';
import {
  fromNodemailerDkim,
  fromNodemailerMessage,
  type NodemailerTransport,
  toNodemailerTransport,
} from './nodemailer.ts';
import {
  indexedDbStore,
  memoryStore,
  type Outbox,
  type OutboxEntry,
  type OutboxStore,
} from './outbox/index.ts';

test('every public function has the signature that is documented', () => {
  expectTypeOf(createMailer).parameter(0).extract<string>().toEqualTypeOf<string>();
  expectTypeOf(createMailer).parameter(1).toEqualTypeOf<MailerOptions | undefined>();
  expectTypeOf(createMailer).returns.toEqualTypeOf<Mailer>();
  expectTypeOf<Mailer['sendMany']>().returns.toEqualTypeOf<AsyncGenerator<Receipt, void, undefined>>();
  expectTypeOf<Mailer['verify']>().returns.toEqualTypeOf<Promise<void>>();
  expectTypeOf<Mailer['ask']>().parameter(0).toEqualTypeOf<Receipt>();
  expectTypeOf<Mailer['ask']>().returns.toEqualTypeOf<Promise<Receipt>>();
  expectTypeOf<Mailer>().toExtend<AsyncDisposable>();

  expectTypeOf(createMail).parameters.toEqualTypeOf<[options: MailOptions]>();
  expectTypeOf(createMail).returns.toEqualTypeOf<Mail>();
  expectTypeOf<Mail['sendMail']>().returns.toEqualTypeOf<Promise<number>>();
  expectTypeOf<Mail['sendMassMail']>().parameter(0).toEqualTypeOf<Iterable<MassMail>>();
  expectTypeOf(fromEnv).parameter(0).toEqualTypeOf<Environment | undefined>();
  expectTypeOf(fromEnv).returns.toExtend<MailOptions>();

  expectTypeOf(provider).parameter(0).toEqualTypeOf<ProviderName>();
  expectTypeOf(provider)
    .parameter(1)
    .toEqualTypeOf<Auth | { readonly user?: string; readonly pass: string }>();
  expectTypeOf(provider).returns.toEqualTypeOf<ServerOptions>();
  expectTypeOf(providerFor).toEqualTypeOf<(address: string) => ProviderName | undefined>();
  expectTypeOf(providers).toEqualTypeOf<() => ReadonlyMap<string, Provider>>();

  expectTypeOf(consoleBackend).returns.toEqualTypeOf<Backend>();
  expectTypeOf(dummyBackend).toEqualTypeOf<() => Backend>();
  expectTypeOf(memoryBackend).toEqualTypeOf<() => MemoryBackend>();
  expectTypeOf(fileBackend).toEqualTypeOf<(options: { readonly path: string }) => Backend>();
  expectTypeOf(attachFile).parameter(0).toEqualTypeOf<string | URL>();
  expectTypeOf(attachFile).returns.toEqualTypeOf<Promise<Attachment>>();

  expectTypeOf(SmtpConnection.open).toEqualTypeOf<
    (options: SmtpConnectionOptions) => Promise<SmtpConnection>
  >();
  expectTypeOf<SmtpConnection['sendMessage']>().returns.toEqualTypeOf<Promise<Receipt>>();

  expectTypeOf(toNodemailerTransport).toEqualTypeOf<(mailer: Mailer) => NodemailerTransport>();
  expectTypeOf(fromNodemailerMessage).returns.toEqualTypeOf<Message>();
  expectTypeOf(fromNodemailerDkim).returns.toEqualTypeOf<readonly DkimSigner[]>();
  expectTypeOf<NonNullable<MailerOptions['dkim']>>().toEqualTypeOf<DkimSigner | readonly DkimSigner[]>();

  expectTypeOf(memoryStore).toEqualTypeOf<() => OutboxStore>();
  expectTypeOf(indexedDbStore).toEqualTypeOf<(name?: string) => OutboxStore>();
  expectTypeOf<Outbox['add']>().returns.toEqualTypeOf<Promise<string>>();
  expectTypeOf<Outbox['entries']>().returns.toEqualTypeOf<Promise<OutboxEntry[]>>();
});

test('errors narrow by their discriminants', () => {
  expectTypeOf<DeliveryError['code']>().toEqualTypeOf<'rejected' | 'unknown' | 'not-sent'>();
  expectTypeOf<DeliveryError['receipt']>().toEqualTypeOf<Receipt>();
  expectTypeOf<SmtpError['kind']>().extract<'auth'>().toEqualTypeOf<'auth'>();
  expectTypeOf<ConnectError['code']>().extract<'refused'>().toEqualTypeOf<'refused'>();
});

test('wrong names do not compile', () => {
  const compiles = (): void => {
    // @ts-expect-error -- a setting with a typing error
    createMail({ mailers: {}, defaultFrm: 'ann@example.org' });
    // @ts-expect-error -- an unknown provider
    provider('gmial', { user: 'ann', pass: 'secret' });
    // @ts-expect-error -- credentials with a typing error
    createMailer({ hostname: 'smtp.example.org', auth: { user: 'ann', password: 'secret' } });
    // @ts-expect-error -- a rate needs its interval
    createMailer({ hostname: 'smtp.example.org', rate: { messages: 5 } });
    // @ts-expect-error -- DKIM with a typing error
    createMailer('smtps://x.example', { dkim: { domain: 'x.example', selektor: 'a', privateKey: '' } });
    // @ts-expect-error -- an attachment by path
    fromNodemailerMessage({ attachments: [{ path: '/etc/passwd' }] });
    // @ts-expect-error -- an option with a typing error
    void SmtpConnection.open({ hostname: 'smtp.example.org', prot: 25 });
  };
  expectTypeOf(compiles).toBeFunction();
});
