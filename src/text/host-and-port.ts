/** `10.10.10.19:6443`, `[fd00::19]:6443` */
export const hostAndPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
