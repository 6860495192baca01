import { refuse } from './error.ts';

/**
 * Refuses CR, LF, NUL and every other control in a value that becomes part of a header line.
 *
 * @param tab whether a horizontal tab, which is white space in unstructured text, may stand.
 * @throws HeaderInjectionError `control-character`, naming field and position.
 */
export function refuseControls(text: string, field: string, tab = false): void {
  if (typeof text !== 'string') refuse('invalid-type', field, 'Give a string', text);
  const controls = tab ? /[\0-\x08\x0a-\x1f\x7f]/ : /[\0-\x1f\x7f]/;
  if (controls.test(text))
    refuse('control-character', field, 'Remove the control character', text, text.search(controls));
}
