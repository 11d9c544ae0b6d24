import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** PEM: the public key as SubjectPublicKeyInfo, the private one as PKCS #1 (RSA) or SEC 1, which is what kubeadm writes. */
export type PublicAndPrivate = { publicKey: string; privateKey: string }

export type KeyMaker = {
  /** Waits if all threads are busy. */
  rsaKeyPair(bits: number): Promise<PublicAndPrivate>
  /** Ends the threads; keys that are still being made are rejected. */
  close(): Promise<void>
}

/*
 * As text, because a worker needs a separate file, whose name would differ between src/ and dist/. libuv's own pool needs no threads of
 * hakube, but has four threads regardless of the number of cores, and UV_THREADPOOL_SIZE has to be set before Node starts.
 */
const worker = `
const { parentPort } = require('node:worker_threads')
const { generateKeyPairSync } = require('node:crypto')
parentPort.on('message', (modulusLength) => {
  parentPort.postMessage(generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }))
})`

type Job = { bits: number; done: (pair: PublicAndPrivate) => void; failed: (reason: Error) => void }

/** Makes RSA keys on all cores. Threads start on demand. */
export function openKeyMaker(threads = availableParallelism()): KeyMaker {
  const queue: Job[] = []
  const idle: Worker[] = []
  const working = new Map<Worker, Job>()
  let closed = false

  const give = (thread: Worker): void => {
    const job = queue.shift()
    if (!job) {
      idle.push(thread)
      // An idle thread does not keep the process alive.
      thread.unref()
      return
    }
    working.set(thread, job)
    thread.ref()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of node has none
    thread.postMessage(job.bits)
  }
  const start = (): void => {
    const thread = new Worker(worker, { eval: true, execArgv: [] })
    thread.on('message', (pair: PublicAndPrivate) => {
      working.get(thread)?.done(pair)
      working.delete(thread)
      give(thread)
    })
    thread.on('error', (reason) => {
      working.get(thread)?.failed(reason)
      working.delete(thread)
      // The thread has ended; waiting jobs need another one.
      if (queue.length > 0) start()
    })
    give(thread)
  }
  return {
    rsaKeyPair: (bits) =>
      new Promise((done, failed) => {
        if (closed) {
          failed(new Error('closed'))
          return
        }
        queue.push({ bits, done, failed })
        const thread = idle.shift()
        if (thread) give(thread)
        else if (working.size < threads) start()
      }),
    async close() {
      closed = true
      const threads = [...idle, ...working.keys()]
      for (const job of [...queue, ...working.values()]) job.failed(new Error('closed'))
      queue.length = 0
      working.clear()
      await Promise.all(threads.map((thread) => thread.terminate()))
    },
  }
}
