/** Bytes that are read of one sender, at once and per second in the long run. 256 connections of a booting machine send far less. */
export type Budget = { burst: number; perSecond: number }

export const defaultBudget: Budget = { burst: 4 * 1024 * 1024, perSecond: 512 * 1024 }

/** The maximum number of senders that are tracked. More addresses reset all of them. */
const mostSources = 20_000

type Account = { left: number; time: number }

/**
 * Limits how much is read from each address, over all of its connections and beyond their end.
 *
 * @param now milliseconds of a monotonic clock
 * @returns a function that counts bytes, and returns the milliseconds to wait before reading more
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
