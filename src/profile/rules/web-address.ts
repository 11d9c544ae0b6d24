/** @returns null when the text is no address on the web, or holds what a script or a configuration would have to quote */
export function readWebAddress(text: string): URL | null {
  // URL takes control characters out of the ends and tabs out of the midst, and reads what is left.
  if (/[\s\p{Cc}\p{Cf}"'<>\\`$]/u.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  return /^https?:$/.test(url.protocol) && url.host !== '' ? url : null
}

/** The host of a registry, as image names begin with it: `10.0.0.7` of `10.0.0.7:5000/kubernetes`. */
export const hostOfImages = (name: string | undefined): string | undefined =>
  /^(\[[^\]]+\]|[^:/]+)(?::\d+)?\//.exec(`${name ?? ''}/`)?.[1]
