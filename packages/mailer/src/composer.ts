// What sending needs of the composer, and no more: whoever bundles the mailer gets nothing else into a page.
export { compose } from '@posthaste/mime';
