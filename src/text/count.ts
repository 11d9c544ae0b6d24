/** `1 machine`, `3 machines` */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`
