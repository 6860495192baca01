/** A picked file cannot be read any more; its message is for people. */
export class UnreadableFileError extends Error {
  override readonly name: string = 'UnreadableFileError';
}

/**
 * Makes sure that every file is still there as it was when it was picked, before anything is sent.
 *
 * @throws UnreadableFileError the first that is not
 */
export async function checkFiles(files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      // Browsers compare the file with what was picked when they read, be it one octet.
      await file.slice(0, 1).arrayBuffer();
    } catch (cause) {
      throw new UnreadableFileError(
        `Remove ${JSON.stringify(file.name)} and pick it again: it was changed or deleted since. Nothing was sent.`,
        { cause },
      );
    }
  }
}
