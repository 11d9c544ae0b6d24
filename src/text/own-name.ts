/** Name of a secret of the user's own: lowercase letters, digits and dashes, so that it is one word wherever it stands. */
export const isOwnName = (name: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
