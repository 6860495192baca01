/** What the server wrote into the page for its script. */
export function readBoot<T>(): T {
  return JSON.parse(document.body.dataset.boot ?? '{}') as T;
}
