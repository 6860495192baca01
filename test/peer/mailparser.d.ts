/** As much of mailparser, which comes without types, as the tests read. */
declare module 'mailparser' {
  export interface Attachment {
    readonly filename?: string;
    readonly contentType: string;
    readonly contentDisposition: string;
    readonly content: Uint8Array;
  }
  export interface ParsedMail {
    readonly subject?: string;
    readonly date?: Date;
    readonly from?: { readonly value: readonly { readonly name: string; readonly address?: string }[] };
    readonly text?: string;
    readonly html: string | false;
    readonly headers: ReadonlyMap<string, unknown>;
    readonly attachments: readonly Attachment[];
  }
  export function simpleParser(source: Uint8Array, options?: Record<string, boolean>): Promise<ParsedMail>;
}
