// A weekly report: HTML with an inline chart, the numbers as a file, and as a melody.
// Run: node report.ts SERVER
import { crc32, deflateSync } from 'node:zlib';
import { createMailer } from '@posthaste/mailer';

const [server = 'smtp://127.0.0.1:2525?tls=none'] = process.argv.slice(2);

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'];
const mails = [12, 19, 7, 23, 15];

/** A bar chart as PNG: readers show PNG everywhere, and SVG almost nowhere. */
function barChart(values: readonly number[], { bar = 24, height = 80 } = {}): Uint8Array {
  const width = values.length * bar;
  const most = Math.max(...values);
  const pixels = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const filled = (values[Math.floor(x / bar)]! / most) * height > height - 1 - y && x % bar < bar - 4;
      pixels[y * (width + 1) + 1 + x] = filled ? 1 : 0;
    }
  }
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 3], 8); // eight bits a pixel, colours from a palette
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', size),
    pngChunk('PLTE', Buffer.from([255, 255, 255, 196, 60, 40])),
    pngChunk('IDAT', deflateSync(pixels)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc32(body), chunk.length - 4);
  return chunk;
}

/** One tone for each value, the higher the more, as WAV. */
function melody(values: readonly number[], { rate = 8000, toneMs = 150 } = {}): Uint8Array {
  const samples = (rate * toneMs) / 1000;
  const wav = Buffer.alloc(44 + samples * values.length, 128);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.set([1, 0, 1, 0], 20); // PCM, one channel
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate, 28);
  wav.set([1, 0, 8, 0], 32); // one octet a sample
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(wav.length - 44, 40);
  for (let at = 0; at < samples * values.length; at++) {
    const hertz = 220 + 20 * values[Math.floor(at / samples)]!;
    wav[44 + at] = 128 + 60 * Math.sin((2 * Math.PI * hertz * at) / rate);
  }
  return wav;
}

const rows = days.map((day, at) => `<tr><td>${day}</td><td align="right">${mails[at]}</td></tr>`);

await using mailer = createMailer(server);
const receipt = await mailer.send({
  from: 'Reports <reports@example.org>',
  to: 'Managers <managers@example.org>',
  subject: 'Mail of the week',
  text: days.map((day, at) => `${day} ${mails[at]}`).join('\n'),
  html: `<h1>Mail of the week</h1><p><img src="cid:chart" alt="bar chart"></p><table>${rows.join('')}</table>`,
  attachments: [
    { filename: 'chart.png', contentId: 'chart', content: barChart(mails) },
    {
      filename: 'week.csv',
      content: `day,mails\n${days.map((day, at) => `${day},${mails[at]}\n`).join('')}`,
    },
    { filename: 'melody.wav', contentType: 'audio/wav', description: 'The week', content: melody(mails) },
  ],
});
console.log(receipt.state, receipt.messageId);
