import { isHostName } from '../text/host-and-port.ts'

/** Whether a text can be the DNS name of the API: lower case, and nothing that a program could read as an address. */
export const isApiName = (text: string): boolean =>
  isHostName(text) && text === text.toLowerCase() && /[a-z]/.test(text.split('.').at(-1) ?? '')
