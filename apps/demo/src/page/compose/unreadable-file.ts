/** A picked file cannot be read any more; its message and advice are for people. */
export class UnreadableFileError extends Error {
  override readonly name: string = 'UnreadableFileError';
  readonly advice: string = 'Remove it from the list and pick it again.';
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
        `The file ${JSON.stringify(file.name)} was changed or deleted since it was picked`,
        { cause },
      );
    }
  }
}
