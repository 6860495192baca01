import { decodeXtext, type Envelope, type EsmtpParameters } from '@posthaste/smtp-core';

type MailFields = Omit<Envelope, 'from' | 'to'>;
type RcptFields = Pick<Envelope, 'dsn'>;

/** The parameters of a browser's MAIL, for the client machine to write anew. The server machine has checked them. */
export function mailFields(parameters: EsmtpParameters): MailFields {
  const size = parameters.get('SIZE');
  const body = parameters.get('BODY')?.toUpperCase();
  const ret = parameters.get('RET')?.toUpperCase();
  const envid = parameters.get('ENVID');
  const dsn = {
    ...(ret === undefined ? {} : { ret: ret as 'FULL' | 'HDRS' }),
    ...(envid === undefined ? {} : { envid: decodeXtext(envid)! }),
  };
  return {
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(body === undefined ? {} : { body: body === '8BITMIME' ? '8bit' : '7bit' }),
    ...(parameters.has('SMTPUTF8') ? { smtputf8: true } : {}),
    ...(Object.keys(dsn).length === 0 ? {} : { dsn }),
  };
}

/** The parameters of a browser's RCPT. The original recipient is named by the relay, from the path it belongs to. */
export function rcptFields(parameters: EsmtpParameters): RcptFields {
  const notify = parameters.get('NOTIFY');
  const dsn = {
    ...(notify === undefined ? {} : { notify: notify.toUpperCase().split(',') }),
    ...(parameters.has('ORCPT') ? { orcpt: true } : {}),
  };
  return Object.keys(dsn).length === 0 ? {} : { dsn };
}
