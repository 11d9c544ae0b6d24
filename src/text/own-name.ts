/** Whether a text can name a user-defined secret: lowercase letters, digits and dashes, so that it needs no quoting anywhere. */
export const isOwnName = (name: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
