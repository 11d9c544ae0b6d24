import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, printed, replace } from '../mistakes.ts'

const kubernetes = (lines: string, version = '1.36.4'): string =>
  mistakes(['version: "1.36.4"\n', `version: "${version}"\n${lines}`])

const policy = (text: string): string =>
  printed(
    parseProfile(
      replace(good, ['version: "1.36.4"\n', 'version: "1.36.4"\n  audit: {source: policy.yaml}\n']),
      'profile.yaml',
      new Map([['policy.yaml', text]]),
    ),
  )

describe('the rules of control planes', () => {
  it('accept valid settings', () => {
    expect(
      kubernetes(`  initializes: control-2
  certificateNames: [api.example.com, "*.example.com", 192.0.2.1, "fd00::1"]
  imageRepository: registry.example.com:5000/mirror/kubernetes
  audit: {}
  encryptionAtRest:
    resources: [secrets, configmaps, tokens.example.com, "*.apps"]
`),
    ).toBe('')
  })
  it('report an invalid one that initializes', () => {
    expect(kubernetes('  initializes: control-4\n') + kubernetes('  initializes: worker-1\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:16: error[kubernetes/initializes]: there is no machine "control-4" [$.kubernetes.initializes]
           45 |   initializes: control-4
              |                ^^^^^^^^^
          hint: did you mean control-1?
        profile.yaml:45:16: error[kubernetes/initializes]: worker-1 is not a control plane: its role is worker [$.kubernetes.initializes]
           45 |   initializes: worker-1
              |                ^^^^^^^^
          hint: write control-1, control-2 or control-3
        "
      `)
  })
  it('report names that are invalid in a certificate', () => {
    expect(kubernetes('  certificateNames: ["https://api.example.com", Api.example.com, 10.0.0.300]\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:22: error[kubernetes/certificate-name]: "https://api.example.com" is not valid in an API server's certificate [$.kubernetes.certificateNames[0]]
           45 |   certificateNames: ["https://api.example.com", Api.example.com, 10.0.0.300]
              |                      ^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: write api.example.com

        profile.yaml:45:49: error[kubernetes/certificate-name]: "Api.example.com" is not valid in an API server's certificate [$.kubernetes.certificateNames[1]]
           45 |   certificateNames: ["https://api.example.com", Api.example.com, 10.0.0.300]
              |                                                 ^^^^^^^^^^^^^^^
          hint: write api.example.com

        profile.yaml:45:66: error[kubernetes/certificate-name]: "10.0.0.300" is not valid in an API server's certificate [$.kubernetes.certificateNames[2]]
           45 |   certificateNames: ["https://api.example.com", Api.example.com, 10.0.0.300]
              |                                                                  ^^^^^^^^^^
          hint: write an address or a lowercase name without https:// and port, e.g. api.example.com
        "
      `)
  })
  it('report an invalid image repository', () => {
    expect(
      kubernetes('  imageRepository: https://registry.example.com/k8s/\n') +
        kubernetes('  imageRepository: "Registry.example.com"\n'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:20: error[kubernetes/image-repository]: "https://registry.example.com/k8s/" is not a valid image name prefix [$.kubernetes.imageRepository]
         45 |   imageRepository: https://registry.example.com/k8s/
            |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write registry and path, e.g. registry.example.com/kubernetes; here: registry.example.com/k8s
        source: https://kubernetes.io/docs/concepts/containers/images/#image-names
      profile.yaml:45:20: error[kubernetes/image-repository]: "Registry.example.com" is not a valid image name prefix [$.kubernetes.imageRepository]
         45 |   imageRepository: "Registry.example.com"
            |                    ^^^^^^^^^^^^^^^^^^^^^^
        hint: write registry and path, e.g. registry.example.com/kubernetes; here: registry.example.com
        source: https://kubernetes.io/docs/concepts/containers/images/#image-names
      "
    `)
  })
  it('report resources that two entries would encrypt, and groups that are not stored', () => {
    const list = '["*.", secrets, "*.apps", deployments.apps, leases.coordination.k8s.io]'
    const other = '[ingresses.extensions, "*.events.k8s.io", "*.*", "*.apps"]'
    expect(
      kubernetes(`  encryptionAtRest: {resources: ${list}}\n`) +
        kubernetes(`  encryptionAtRest: {resources: ${other}}\n`),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:40: error[kubernetes/encryption-resource]: "secrets" is already covered by "*." [$.kubernetes.encryptionAtRest.resources[1]]
         45 |   encryptionAtRest: {resources: ["*.", secrets, "*.apps", deployments.apps, leases.coordination.k8s.io]}
            |                                        ^^^^^^^
        hint: remove one of them
        source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/

      profile.yaml:45:59: error[kubernetes/encryption-resource]: "deployments.apps" is already covered by "*.apps" [$.kubernetes.encryptionAtRest.resources[3]]
         45 |   encryptionAtRest: {resources: ["*.", secrets, "*.apps", deployments.apps, leases.coordination.k8s.io]}
            |                                                           ^^^^^^^^^^^^^^^^
        hint: remove one of them
        source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
      profile.yaml:45:34: error[kubernetes/encryption-resource]: "ingresses.extensions" belongs to a group that is not stored in etcd [$.kubernetes.encryptionAtRest.resources[0]]
         45 |   encryptionAtRest: {resources: [ingresses.extensions, "*.events.k8s.io", "*.*", "*.apps"]}
            |                                  ^^^^^^^^^^^^^^^^^^^^
        hint: its resources have moved to other groups, e.g. ingresses.networking.k8s.io
        source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/

      profile.yaml:45:56: error[kubernetes/encryption-resource]: "*.events.k8s.io" belongs to a group that is not stored in etcd [$.kubernetes.encryptionAtRest.resources[1]]
         45 |   encryptionAtRest: {resources: [ingresses.extensions, "*.events.k8s.io", "*.*", "*.apps"]}
            |                                                        ^^^^^^^^^^^^^^^^^
        hint: events are stored in the core group: write events
        source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/

      profile.yaml:45:82: error[kubernetes/encryption-resource]: "*.apps" is already covered by "*.*" [$.kubernetes.encryptionAtRest.resources[3]]
         45 |   encryptionAtRest: {resources: [ingresses.extensions, "*.events.k8s.io", "*.*", "*.apps"]}
            |                                                                                  ^^^^^^^^
        hint: remove one of them
        source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
      "
    `)
  })
  it('report what cannot be encrypted', () => {
    expect(
      kubernetes('  encryptionAtRest: {resources: [Secret, v1/secrets, "*", secrets, secrets]}\n') +
        kubernetes('  encryptionAtRest: {resources: ["*.*"]}\n', '1.26.15'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:34: error[kubernetes/encryption-resource]: "Secret" is not a resource name [$.kubernetes.encryptionAtRest.resources[0]]
         45 |   encryptionAtRest: {resources: [Secret, v1/secrets, "*", secrets, secrets]}
            |                                  ^^^^^^
        hint: write secrets
        source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/

      profile.yaml:45:42: error[kubernetes/encryption-resource]: "v1/secrets" is not a resource name [$.kubernetes.encryptionAtRest.resources[1]]
         45 |   encryptionAtRest: {resources: [Secret, v1/secrets, "*", secrets, secrets]}
            |                                          ^^^^^^^^^^
        hint: write the name that kubectl api-resources prints, followed by a dot and its group if it has one: secrets, tokens.example.com
        source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/

      profile.yaml:45:54: error[kubernetes/encryption-resource]: "*" is not a resource name [$.kubernetes.encryptionAtRest.resources[2]]
         45 |   encryptionAtRest: {resources: [Secret, v1/secrets, "*", secrets, secrets]}
            |                                                      ^^^
        hint: write the name that kubectl api-resources prints, followed by a dot and its group if it has one: secrets, tokens.example.com
        source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/

      profile.yaml:45:68: error[kubernetes/encryption-resource]: "secrets" is in this list twice [$.kubernetes.encryptionAtRest.resources[4]]
         45 |   encryptionAtRest: {resources: [Secret, v1/secrets, "*", secrets, secrets]}
            |                                                                    ^^^^^^^
        hint: remove one of them
        source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
      profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.26 has had no security updates since 2024-02-28 [$.kubernetes.version]
         44 |   version: "1.26.15"
            |            ^^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:45:34: error[kubernetes/encryption-resource]: "*.*" is a pattern, which needs Kubernetes 1.27 or later [$.kubernetes.encryptionAtRest.resources[0]]
         45 |   encryptionAtRest: {resources: ["*.*"]}
            |                                  ^^^^^
        hint: list the resources individually
        source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
      "
    `)
  })
  it.each([
    ['a: [', /Flow sequence/],
    ['- a', 'it is not a mapping'],
    ['apiVersion: audit.k8s.io/v1beta1\nkind: Policy\n', 'it does not have apiVersion: audit.k8s.io/v1'],
    ['apiVersion: audit.k8s.io/v1\nkind: policy\n', 'it does not have kind: Policy'],
    ['apiVersion: audit.k8s.io/v1\nkind: Policy\n', 'it has no rules'],
    [
      'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}, {level: metadata}]\n',
      'rule 2 needs a level: None, Metadata, Request, RequestResponse',
    ],
  ])('report an invalid audit policy: %j', (text, reason) => {
    const found = policy(text)
    expect(found).toContain(
      'profile.yaml:45:19: error[kubernetes/audit-policy]: policy.yaml is not an audit policy: ',
    )
    expect(found).toMatch(reason)
  })
  it('accept an audit policy', () => {
    expect(policy('apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n')).toBe('')
  })

  it.each([
    ['registry.example.com/kubernetes', null],
    ['registry.example.com', null],
    ['10.10.10.5:5000/a/b-c', null],
    ['https://registry.example.com/kubernetes', 'registry.example.com/kubernetes'],
    ['oci://registry.example.com:5000/k8s/', 'registry.example.com:5000/k8s'],
    ['Registry.example.com/K8s', 'registry.example.com/k8s'],
    ['registry.example.com/', 'registry.example.com'],
    ['registry.example.com:99999/k8s', ''],
    ['registry.example.com/k8s:1', ''],
    ['10.10.10.300/k8s', ''],
    ['https://', ''],
  ])('judge the image repository %j: %s', (text, near) => {
    const { diagnostics } = parseProfile(
      replace(good, [
        '  version: "1.36.4"',
        `  version: "1.36.4"\n  imageRepository: ${JSON.stringify(text)}`,
      ]),
      'profile.yaml',
    )
    const hint = 'write registry and path, e.g. registry.example.com/kubernetes'
    expect(
      diagnostics.filter(({ code }) => code === 'kubernetes/image-repository').map((each) => each.hint),
    ).toEqual(near === null ? [] : [near === '' ? hint : `${hint}; here: ${near}`])
  })

  it.each([
    ['api.example.com', null],
    ['*.example.com', null],
    ['10.10.10.19', null],
    ['fd00::19', null],
    ['https://api.example.com:6443/x', 'api.example.com'],
    ['api.example.com:6443', 'api.example.com'],
    ['https://[fd00::19]:6443', 'fd00::19'],
    ['[fd00::19]', 'fd00::19'],
    ['10.10.10.19:6443', '10.10.10.19'],
    ['API', 'api'],
    ['api_1', ''],
    ['10.10.10.300', ''],
  ])('judge the name %j in a certificate: %s', (text, near) => {
    const { diagnostics } = parseProfile(
      replace(good, [
        '  version: "1.36.4"',
        `  version: "1.36.4"\n  certificateNames: [${JSON.stringify(text)}]`,
      ]),
      'profile.yaml',
    )
    const hint = 'write an address or a lowercase name without https:// and port, e.g. api.example.com'
    expect(
      diagnostics.filter(({ code }) => code === 'kubernetes/certificate-name').map((each) => each.hint),
    ).toEqual(near === null ? [] : [near === '' ? hint : `write ${near}`])
  })
})
