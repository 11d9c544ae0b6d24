import { describe, expect, it } from 'vitest'
import { missingOwnSecrets, unfitOwnSecrets } from '../../src/pipeline/own-secrets.ts'
import { exampleCluster, exampleProfile } from '../example.ts'

const profile = {
  ...exampleProfile('external-load-balancers'),
  proxy: { http: 'http://proxy.example.com:3128', username: 'site', passwordSecret: 'proxy' },
}
const { secrets } = exampleCluster()
const bundle = (own: Record<string, string>) => ({ ...secrets, ephemeral: false, own })

describe('the password of the proxy', () => {
  it('must be in the bundle', () => {
    expect(missingOwnSecrets(profile, bundle({ proxy: 'x' }), 'profile.yaml')).toEqual([])
    expect(missingOwnSecrets(profile, bundle({ proxi: 'x' }), 'profile.yaml')).toMatchObject([
      { code: 'secrets/no-own', path: ['proxy', 'passwordSecret'] },
    ])
  })

  it('must be readable by apt', () => {
    expect(unfitOwnSecrets(profile, bundle({ proxy: 'p@ss:"%' }))).toEqual([])
    expect(unfitOwnSecrets(profile, bundle({}))).toEqual([])
    for (const text of ['two words', 'line\n', 'tab\t', 'bell\u0007']) {
      const found = unfitOwnSecrets(profile, bundle({ proxy: text }))
      expect(found).toMatchObject([{ code: 'proxy/login', path: ['proxy', 'passwordSecret'] }])
      expect(JSON.stringify(found)).not.toContain(text)
    }
  })
})
