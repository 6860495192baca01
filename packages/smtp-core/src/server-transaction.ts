import type { EsmtpParameters } from './esmtp-parameter.ts';

/** A mail transaction as a server keeps it, from MAIL to the last reply (RFC 5321 §3.3). */
export class ServerTransaction {
  readonly from: string;
  readonly parameters: EsmtpParameters;
  /** Forward-paths that were accepted, in the order in which LMTP answers for them (RFC 2033 §4.2). */
  readonly recipients: string[] = [];

  constructor(from: string, parameters: EsmtpParameters) {
    this.from = from;
    this.parameters = parameters;
  }

  /** Paths may be UTF-8 (RFC 6531 §3.4). */
  get international(): boolean {
    return this.parameters.has('SMTPUTF8');
  }

  /** Content comes with BDAT alone (RFC 3030 §3). */
  get binary(): boolean {
    return this.parameters.get('BODY')?.toUpperCase() === 'BINARYMIME';
  }
}
