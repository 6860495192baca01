// Stands in for the certificates that the tests make on Node: the desk has one, and the runtime trusts it by itself.
export function makeCertificate(): { readonly cert: string; readonly key: string } {
  return { cert: '', key: '' };
}

export function trusting(): object {
  return {};
}
