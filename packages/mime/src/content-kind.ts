/** Subtypes by main type, each followed by the extensions that differ from it; the first match counts. */
const EXTENSIONS = {
  application:
    'gzip,gz json,map msword,doc pdf rtf vnd.ms-excel,xls vnd.ms-powerpoint,ppt vnd.oasis.opendocument.spreadsheet,ods vnd.oasis.opendocument.text,odt vnd.openxmlformats-officedocument.presentationml.presentation,pptx vnd.openxmlformats-officedocument.spreadsheetml.sheet,xlsx vnd.openxmlformats-officedocument.wordprocessingml.document,docx xml zip',
  video: 'mp4 mpeg,mpg quicktime,mov webm',
  audio: 'aac flac mp4,m4a mpeg,mp3 ogg,oga,opus wav',
  image: 'avif bmp gif heic jpeg,jpg png svg+xml,svg tiff,tif webp x-icon,ico',
  message: 'rfc822,eml',
  text: 'css csv html,htm javascript,js,mjs markdown,md plain,txt,log calendar,ics vcard,vcf',
};

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
  for (const [main, subtypes] of Object.entries(EXTENSIONS)) {
    const found = subtypes.split(' ').find(entry => entry.split(',').includes(extension));
    if (found) return `${main}/${found.split(',')[0]}`;
  }
  return undefined;
}
