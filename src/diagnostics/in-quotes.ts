/** Quotes a user's text for a message; long texts are truncated. */
export const inQuotes = (text: string, longest = 60): string =>
  JSON.stringify(text.length > longest ? `${text.slice(0, longest - 3)}…` : text)
