/** The bytes of a text (UTF-8) in base64, on one line. */
export const base64 = (text: string): string => Buffer.from(text).toString('base64')
