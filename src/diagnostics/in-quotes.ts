/** What an author wrote, as messages repeat it: in quotes, and of a long text the beginning. */
export const inQuotes = (text: string, longest = 60): string =>
  JSON.stringify(text.length > longest ? `${text.slice(0, longest - 3)}…` : text)
