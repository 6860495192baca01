import { useEffect, useRef } from 'hono/jsx/dom';

/**
 * As `useEffect`, for an effect that has to be undone.
 *
 * hono/jsx runs an effect a frame after its rendering and knows how to undo only what it ran last: of two renderings in
 * one frame, what the first began would go on for ever.
 */
export function useCleanedEffect(effect: () => () => void, deps: readonly unknown[]): void {
  const undo = useRef<(() => void) | undefined>(undefined);
  useEffect(() => {
    undo.current?.();
    undo.current = effect();
    return () => {
      undo.current?.();
      undo.current = undefined;
    };
  }, deps);
}
