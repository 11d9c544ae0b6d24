/**
 * Parses `de` and `de(nodeadkeys)`, as in xkeyboard-config(7).
 *
 * @returns null for other texts
 */
export function readKeyboard(text: string): { layout: string; variant: string | null } | null {
  const [, layout, variant = null] = /^([a-z]{2,8})(?:\(([A-Za-z0-9_-]+)\))?$/.exec(text) ?? []
  return layout === undefined ? null : { layout, variant }
}
