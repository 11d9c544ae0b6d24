/** @returns null when the text is no address on the web, or holds what a script or a configuration would have to quote */
export function readWebAddress(text: string): URL | null {
  if (/\s|["'<>\\`$]/.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  return /^https?:$/.test(url.protocol) && url.host !== '' ? url : null
}
