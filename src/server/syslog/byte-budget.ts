/** Bytes that one sender may have read at once, and a second for long. 256 connections of a machine that boots send far less. */
export type Budget = { burst: number; perSecond: number }

export const defaultBudget: Budget = { burst: 4 * 1024 * 1024, perSecond: 512 * 1024 }

/** Senders that are told apart. Whoever has more addresses than this resets all of them. */
const mostSources = 20_000

type Account = { left: number; time: number }

/**
 * Bounds how much is read of each address, over all of its connections and beyond their end.
 *
 * @param now milliseconds of a clock that is never set back
 * @returns a function that notes bytes which were read, and gives the milliseconds for which nothing more should be
 */
export function createByteBudget(
  now: () => number = () => performance.now(),
  { burst, perSecond }: Budget = defaultBudget,
): (from: string, bytes: number) => number {
  const accounts = new Map<string, Account>()
  return (from, bytes) => {
    const time = now()
    const known = accounts.get(from)
    if (!known && accounts.size >= mostSources) accounts.clear()
    const account = known ?? { left: burst, time }
    if (!known) accounts.set(from, account)
    account.left = Math.min(burst, account.left + ((time - account.time) / 1000) * perSecond) - bytes
    account.time = time
    return account.left >= 0 ? 0 : Math.ceil((-account.left / perSecond) * 1000)
  }
}
