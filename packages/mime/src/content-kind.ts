/** Subtypes by main type, each followed by the extensions that differ from it; the first match counts. */
const EXTENSIONS = {
  application:
    'gzip,gz json,map msword,doc pdf rtf vnd.ms-excel,xls vnd.ms-powerpoint,ppt vnd.oasis.opendocument.spreadsheet,ods vnd.oasis.opendocument.text,odt vnd.openxmlformats-officedocument.presentationml.presentation,pptx vnd.openxmlformats-officedocument.spreadsheetml.sheet,xlsx vnd.openxmlformats-officedocument.wordprocessingml.document,docx xml zip',
  video: 'mp4 mpeg,mpg quicktime,mov webm',
  audio: 'aac flac midi,mid mp4,m4a mpeg,mp3 ogg,oga,opus wav',
  image: 'avif bmp gif heic jpeg,jpg png svg+xml,svg tiff,tif webp x-icon,ico',
  message: 'rfc822,eml',
  text: 'css csv html,htm javascript,js,mjs markdown,md plain,txt,log calendar,ics vcard,vcf',
};

/** How files begin that go by an extension: octets as Latin-1 text, `.` for any; the first match counts. */
const SIGNATURES: Readonly<Record<string, RegExp>> = {
  png: /^\x89PNG\r\n\x1a\n/,
  jpg: /^\xff\xd8\xff/,
  gif: /^GIF8[79]a/,
  webp: /^RIFF.{4}WEBP/s,
  tif: /^(II\*\0|MM\0\*)/,
  bmp: /^BM.{4}\0\0\0\0/s,
  ico: /^\0\0\x01\0/,
  avif: /^.{4}ftypavi[fs]/s,
  heic: /^.{4}ftyp(hei[cx]|mif1)/s,
  wav: /^RIFF.{4}WAVE/s,
  ogg: /^OggS/,
  flac: /^fLaC/,
  m4a: /^.{4}ftypM4A/s,
  mp3: /^(ID3|\xff[\xfb\xf3\xf2])/,
  mid: /^MThd/,
};

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
  return typeOfExtension(Object.keys(SIGNATURES).find(extension => SIGNATURES[extension]!.test(head)));
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
  return typeOfExtension(/\.([a-z0-9]+)$/i.exec(filename)?.[1]?.toLowerCase());
}

function typeOfExtension(extension = ''): string | undefined {
  for (const [main, subtypes] of Object.entries(EXTENSIONS)) {
    const [found] =
      subtypes
        .split(' ')
        .map(names => names.split(','))
        .find(names => names.includes(extension)) ?? [];
    if (found) return `${main}/${found}`;
  }
  return undefined;
}
