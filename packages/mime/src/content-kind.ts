/** Types by file extension, each followed by its extensions. */
const EXTENSIONS = `application/gzip gz|application/json json map|application/msword doc|application/pdf pdf|application/rtf rtf|application/vnd.ms-excel xls|application/vnd.ms-powerpoint ppt|application/vnd.oasis.opendocument.spreadsheet ods|application/vnd.oasis.opendocument.text odt|application/vnd.openxmlformats-officedocument.presentationml.presentation pptx|application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx|application/vnd.openxmlformats-officedocument.wordprocessingml.document docx|application/xml xml|application/zip zip|audio/aac aac|audio/flac flac|audio/mp4 m4a|audio/mpeg mp3|audio/ogg ogg oga opus|audio/wav wav|image/avif avif|image/bmp bmp|image/gif gif|image/heic heic|image/jpeg jpg jpeg|image/png png|image/svg+xml svg|image/tiff tif tiff|image/webp webp|image/x-icon ico|message/rfc822 eml|text/calendar ics|text/css css|text/csv csv|text/html html htm|text/javascript js mjs|text/markdown md|text/plain txt log|text/vcard vcf|video/mp4 mp4|video/quicktime mov|video/webm webm`;

/** Leading octets as Latin-1 text, `.` for any octet; the first match counts. */
const SIGNATURES: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF.{4}WEBP/s, 'image/webp'],
  [/^(II\*\0|MM\0\*)/, 'image/tiff'],
  [/^BM.{4}\0\0\0\0/s, 'image/bmp'],
  [/^\0\0\x01\0/, 'image/x-icon'],
  [/^.{4}ftypavi[fs]/s, 'image/avif'],
  [/^.{4}ftyp(hei[cx]|mif1)/s, 'image/heic'],
  [/^RIFF.{4}WAVE/s, 'audio/wav'],
  [/^OggS/, 'audio/ogg'],
  [/^fLaC/, 'audio/flac'],
  [/^.{4}ftypM4A/s, 'audio/mp4'],
  [/^(ID3|\xff[\xfb\xf3\xf2])/, 'audio/mpeg'],
  [/^MThd/, 'audio/midi'],
];

/**
 * Tells the type of an image or a sound from its leading octets.
 *
 * @param bytes - the content, or at least its first 16 octets
 * @returns a content type, or undefined for anything else
 * @example A picture without a name
 * ```ts
 * sniffContentType(bytes) ?? 'application/octet-stream';
 * ```
 */
export function sniffContentType(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  return SIGNATURES.find(([signature]) => signature.test(head))?.[1];
}

/**
 * Tells the content type that the extension of a file name stands for.
 *
 * @param filename - a name, with or without an extension
 * @returns a content type, or undefined for an extension that is not in the table
 * @example A report
 * ```ts
 * contentTypeOf('report.PDF'); // application/pdf
 * ```
 */
export function contentTypeOf(filename: string): string | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(filename)?.[1]?.toLowerCase();
  if (extension === undefined) return undefined;
  return EXTENSIONS.split('|')
    .map(entry => entry.split(' '))
    .find(entry => entry.indexOf(extension) > 0)?.[0];
}
