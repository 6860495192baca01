import { expect, test } from 'vitest';
import * as attachFile from './attach-file/node.ts';
import * as fileBackend from './backend/file/node.ts';
import { MailerError } from './error.ts';
import * as pemFile from './pem-file/node.ts';
import * as unsupported from './unsupported.ts';

test('what stands in where there are no files has the same names and refuses', async () => {
  expect(Object.keys(unsupported).sort()).toEqual(
    [...Object.keys(attachFile), ...Object.keys(fileBackend), ...Object.keys(pemFile)].sort(),
  );
  expect(() => unsupported.fileBackend({ path: 'x' })).toThrow(MailerError);
  expect(() => unsupported.readPem('x')).toThrow(MailerError);
  await expect(unsupported.attachFile('x')).rejects.toMatchObject({ code: 'unsupported' });
});
