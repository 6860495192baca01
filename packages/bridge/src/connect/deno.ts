// Deno's own API chooses neither TLS client certificates after STARTTLS nor a local address; its `node:` modules do.
export { connect } from './node.ts';
