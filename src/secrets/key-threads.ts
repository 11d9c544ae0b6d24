import { openKeyMaker } from './keys.ts'
import { type SecretSources, systemSources } from './sources.ts'

/**
 * Provides sources that make keys on all cores, and ends their threads afterwards. Once `stop` is aborted, pending keys are rejected.
 *
 * @throws the reason of `stop` when it was aborted before
 */
export async function withKeyThreads<Result>(
  stop: AbortSignal,
  work: (sources: SecretSources) => Promise<Result>,
): Promise<Result> {
  const maker = openKeyMaker()
  const close = (): void => void maker.close()
  stop.addEventListener('abort', close, { once: true })
  try {
    stop.throwIfAborted()
    return await work({ ...systemSources, rsaKeyPair: (bits) => maker.rsaKeyPair(bits) })
  } finally {
    stop.removeEventListener('abort', close)
    await maker.close()
  }
}
