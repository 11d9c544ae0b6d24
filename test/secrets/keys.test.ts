import { createPrivateKey, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openKeyMaker } from '../../src/secrets/keys.ts'

describe('openKeyMaker', () => {
  it.each([1, 3])('makes different keys that belong together, with %i threads', async (threads) => {
    const maker = openKeyMaker(threads)
    const pairs = await Promise.all([1024, 1536, 1024, 1024].map((bits) => maker.rsaKeyPair(bits)))
    await maker.close()
    const read = pairs.map(({ publicKey, privateKey }) => {
      const key = createPrivateKey(privateKey)
      expect(createPublicKey(key).export({ type: 'spki', format: 'pem' })).toBe(publicKey)
      return key.asymmetricKeyDetails?.modulusLength
    })
    expect(read).toEqual([1024, 1536, 1024, 1024])
    expect(new Set(pairs.map(({ privateKey }) => privateKey)).size).toBe(4)
  })

  it('works again after it was idle', async () => {
    const maker = openKeyMaker(2)
    const first = await maker.rsaKeyPair(1024)
    const second = await maker.rsaKeyPair(1024)
    await maker.close()
    expect(first.privateKey).not.toBe(second.privateKey)
  })

  it('rejects pending and later requests when it is closed', async () => {
    const maker = openKeyMaker(1)
    const waiting = [maker.rsaKeyPair(4096), maker.rsaKeyPair(4096)].map((pair) => pair.catch(String))
    await maker.close()
    expect(await Promise.all(waiting)).toEqual(['Error: closed', 'Error: closed'])
    await expect(maker.rsaKeyPair(1024)).rejects.toThrow('closed')
  })

  it('reports that a key cannot be made, and continues', async () => {
    const maker = openKeyMaker(1)
    const [bad, good] = [maker.rsaKeyPair(-1), maker.rsaKeyPair(1024)]
    await expect(bad).rejects.toThrow('modulusLength')
    const pair = await good
    await maker.close()
    expect(pair.privateKey).toContain('RSA PRIVATE KEY')
  })
})
