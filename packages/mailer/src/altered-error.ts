/** An error like another, of the same class and with the same stack, in which some properties are different. */
export function alteredError(error: Error, changes: { readonly message?: string }): Error {
  const { message, stack } = error;
  const descriptors: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(error);
  const altered = { ...changes, stack: stack?.replace(message, () => changes.message ?? message) };
  for (const [name, value] of Object.entries(altered)) {
    descriptors[name] = { value, enumerable: descriptors[name]?.enumerable ?? false };
  }
  return Object.defineProperties(
    Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error)),
    descriptors,
  );
}
