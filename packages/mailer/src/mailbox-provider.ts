import type { Provider } from './provider.ts';

const authorisationCode =
  'sign in on the web, switch on POP3/IMAP/SMTP in the settings, and create an authorisation code there';

const codeNotPassword = 'it wants an authorisation code, not the account password';

const appPassword = 'switch on two-step verification, then create an app password';

/** Providers that give people a mailbox. */
export const mailboxProviders: {
  readonly [name in
    | '126'
    | '163'
    | 'aliyun'
    | 'aol'
    | 'exmail'
    | 'fastmail'
    | 'gmail'
    | 'gmx'
    | 'icloud'
    | 'mailru'
    | 'naver'
    | 'office365'
    | 'outlook'
    | 'qq'
    | 'sina'
    | 'sohu'
    | 'yahoo'
    | 'yandex'
    | 'yeah'
    | 'zoho']: Provider;
} = {
  '126': {
    hostname: 'smtp.126.com',
    port: 465,
    tls: 'implicit',
    domains: ['126.com'],
    source: 'https://help.mail.163.com/faq.do?m=list&categoryID=90',
    setup: authorisationCode,
    advice: codeNotPassword,
    fromMustMatchUser: true,
  },
  '163': {
    hostname: 'smtp.163.com',
    port: 465,
    tls: 'implicit',
    domains: ['163.com'],
    source: 'https://help.mail.163.com/faq.do?m=list&categoryID=90',
    setup: authorisationCode,
    advice: codeNotPassword,
    fromMustMatchUser: true,
  },
  yeah: {
    hostname: 'smtp.yeah.net',
    port: 465,
    tls: 'implicit',
    domains: ['yeah.net'],
    source: 'https://help.mail.163.com/faq.do?m=list&categoryID=90',
    setup: authorisationCode,
    advice: codeNotPassword,
    fromMustMatchUser: true,
  },
  qq: {
    hostname: 'smtp.qq.com',
    port: 465,
    tls: 'implicit',
    domains: ['qq.com', 'foxmail.com'],
    source: 'https://autoconfig.thunderbird.net/v1.1/qq.com',
    setup: authorisationCode,
    advice: codeNotPassword,
    fromMustMatchUser: true,
  },
  exmail: {
    hostname: 'smtp.exmail.qq.com',
    port: 465,
    tls: 'implicit',
    source: 'https://open.work.weixin.qq.com/help2/pc/19886',
    setup: 'let the administrator allow mail clients, and create a client password under "secure login"',
    fromMustMatchUser: true,
  },
  sina: {
    hostname: 'smtp.sina.com',
    port: 465,
    tls: 'implicit',
    domains: ['sina.com'],
    source: 'https://help.sina.com.cn/comquestiondetail/view/1566/',
    setup: authorisationCode,
    advice: codeNotPassword,
    fromMustMatchUser: true,
  },
  sohu: {
    hostname: 'smtp.sohu.com',
    port: 465,
    tls: 'implicit',
    domains: ['sohu.com'],
    source: 'https://mail.sohu.com',
    setup: 'switch on POP3/SMTP in the settings and create a client password there',
    advice: 'it wants the client password, not the account password',
    fromMustMatchUser: true,
  },
  aliyun: {
    hostname: 'smtp.aliyun.com',
    port: 465,
    tls: 'implicit',
    domains: ['aliyun.com'],
    source: 'https://help.aliyun.com/document_detail/465307.html',
    setup: 'switch on POP3/SMTP in the settings of the mailbox',
    fromMustMatchUser: true,
  },
  gmail: {
    hostname: 'smtp.gmail.com',
    port: 465,
    tls: 'implicit',
    domains: ['gmail.com', 'googlemail.com'],
    source: 'https://developers.google.com/workspace/gmail/imap/imap-smtp',
    setup: `${appPassword} at https://myaccount.google.com/apppasswords, or sign in with an OAuth access token`,
    advice: 'it wants an app password or an OAuth access token, not the account password',
    fromMustMatchUser: true,
  },
  outlook: {
    hostname: 'smtp-mail.outlook.com',
    port: 587,
    tls: 'starttls',
    domains: ['outlook.com', 'hotmail.com', 'live.com', 'msn.com'],
    source:
      'https://support.microsoft.com/office/pop-imap-and-smtp-settings-for-outlook-com-d088b986-291d-42b8-9564-9c414e2aa040',
    setup: 'register an application and get an OAuth access token with the scope SMTP.Send',
    advice: 'it takes OAuth access tokens only: pass auth: { user, accessToken }',
    fromMustMatchUser: true,
  },
  office365: {
    hostname: 'smtp.office365.com',
    port: 587,
    tls: 'starttls',
    source:
      'https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission',
    setup:
      'let the administrator switch on authenticated SMTP for the mailbox, and get an OAuth access token',
    advice: 'authenticated SMTP may be switched off for the tenant or the mailbox',
    fromMustMatchUser: true,
  },
  icloud: {
    hostname: 'smtp.mail.me.com',
    port: 587,
    tls: 'starttls',
    domains: ['icloud.com', 'me.com', 'mac.com'],
    source: 'https://support.apple.com/102525',
    setup: 'create an app-specific password at https://account.apple.com',
    advice: 'it wants an app-specific password, not that of the Apple account',
    fromMustMatchUser: true,
  },
  yahoo: {
    hostname: 'smtp.mail.yahoo.com',
    port: 465,
    tls: 'implicit',
    domains: ['yahoo.com', 'ymail.com', 'myyahoo.com', 'rocketmail.com'],
    source: 'https://help.yahoo.com/kb/SLN4075.html',
    setup: 'create an app password in the account security settings',
    advice: 'it wants an app password, not the account password',
    fromMustMatchUser: true,
  },
  aol: {
    hostname: 'smtp.aol.com',
    port: 465,
    tls: 'implicit',
    domains: ['aol.com'],
    source: 'https://autoconfig.thunderbird.net/v1.1/aol.com',
    setup: 'create an app password in the account security settings',
    advice: 'it wants an app password, not the account password',
    fromMustMatchUser: true,
  },
  fastmail: {
    hostname: 'smtp.fastmail.com',
    port: 465,
    tls: 'implicit',
    domains: ['fastmail.com', 'fastmail.fm'],
    source: 'https://www.fastmail.help/hc/en-us/articles/1500000278342',
    setup: 'create an app password under Settings, Privacy & Security',
    advice: 'it wants an app password, not the account password',
  },
  zoho: {
    hostname: 'smtp.zoho.com',
    port: 465,
    tls: 'implicit',
    domains: ['zoho.com', 'zohomail.com'],
    source: 'https://www.zoho.com/mail/help/zoho-smtp.html',
    setup:
      'with two-factor authentication, create an application-specific password; accounts in other regions have hosts of their own',
    fromMustMatchUser: true,
  },
  yandex: {
    hostname: 'smtp.yandex.com',
    port: 465,
    tls: 'implicit',
    domains: ['yandex.com', 'yandex.ru', 'ya.ru'],
    source: 'https://yandex.com/support/yandex-360/customers/mail/en/mail-clients/others',
    setup: 'allow mail clients in the settings and create an app password',
    advice: 'it wants an app password, not the account password',
    fromMustMatchUser: true,
  },
  mailru: {
    hostname: 'smtp.mail.ru',
    port: 465,
    tls: 'implicit',
    domains: ['mail.ru', 'bk.ru', 'inbox.ru', 'internet.ru', 'list.ru'],
    source: 'https://help.mail.ru/mail/mailer/popsmtp',
    setup: 'create a password for external applications in the account security settings',
    advice: 'it wants a password for external applications, not the account password',
    fromMustMatchUser: true,
  },
  gmx: {
    hostname: 'mail.gmx.net',
    port: 465,
    tls: 'implicit',
    domains: ['gmx.net', 'gmx.de', 'gmx.at', 'gmx.ch'],
    source: 'https://autoconfig.thunderbird.net/v1.1/gmx.net',
    setup: 'allow POP3 and IMAP in the settings of the mailbox',
    fromMustMatchUser: true,
  },
  naver: {
    hostname: 'smtp.naver.com',
    port: 465,
    tls: 'implicit',
    domains: ['naver.com'],
    source: 'https://autoconfig.thunderbird.net/v1.1/naver.com',
    setup: 'switch on IMAP/SMTP in the settings of the mailbox',
    fromMustMatchUser: true,
  },
};
