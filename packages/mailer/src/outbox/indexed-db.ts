import type { OutboxEntry, OutboxStore } from './entry.ts';

const entries = 'entries';

/**
 * Keeps entries in IndexedDB, where they survive a reload and a crash of the page.
 *
 * @param name name of the database; one for each outbox of an origin
 * @throws DOMException from every method, when the browser refuses storage
 */
export function indexedDbStore(name = 'posthaste-outbox'): OutboxStore {
  let opening: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> => {
    opening ??= openDatabase(name).catch(error => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const read = async <T>(ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const transaction = (await open()).transaction(entries, 'readonly');
    return settled(ask(transaction.objectStore(entries)));
  };
  const write = async (change: (store: IDBObjectStore) => void): Promise<void> => {
    // Strict: the default may report completion before the octets are on disk.
    const transaction = (await open()).transaction(entries, 'readwrite', { durability: 'strict' });
    change(transaction.objectStore(entries));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  };
  return {
    all: () => read(store => store.getAll() as IDBRequest<OutboxEntry[]>),
    get: id => read(store => store.get(id) as IDBRequest<OutboxEntry | undefined>),
    put: entry => write(store => void store.put(entry)),
    delete: id => write(store => void store.delete(id)),
  };
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(entries, { keyPath: 'id' });
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
