import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const check = (lines: string): string => mistakes(['version: "1.36.4"\n', `version: "1.36.4"\n${lines}`])

const messages = (text: string): string[] =>
  text.match(/(?<=\[(?:arguments|files)\/[a-z-]+\]: ).*(?= \[\$)/g) ?? []

const authentication = (anonymous: string) =>
  `  apiServerFiles: [{path: /etc/kubernetes/authn.yaml, argument: authentication-config, content: '{apiVersion: apiserver.config.k8s.io/v1, kind: AuthenticationConfiguration, anonymous: ${anonymous}}'}]\n`

const authorization = (types: string) =>
  `  apiServerFiles: [{path: /etc/kubernetes/authz.yaml, argument: authorization-config, content: '{apiVersion: apiserver.config.k8s.io/v1, kind: AuthorizationConfiguration, authorizers: [${types}]}'}]\n`

const scheduler = (rest: string) =>
  `  schedulerFiles: [{path: /etc/kubernetes/scheduler.yaml, argument: config, content: '{apiVersion: kubescheduler.config.k8s.io/v1, kind: KubeSchedulerConfiguration${rest}}'}]\n`

describe('arguments that name files', () => {
  it('may be the CA of OpenID Connect', () => {
    expect(check('  apiServerArguments: {oidc-ca-file: /etc/kubernetes/oidc/ca.crt}\n'))
      .toMatchInlineSnapshot(`
      "profile.yaml:45:38: error[arguments/file]: kube-apiserver runs in a static pod, into which /etc/kubernetes/oidc/ca.crt is not mounted [$.kubernetes.apiServerArguments.oidc-ca-file]
         45 |   apiServerArguments: {oidc-ca-file: /etc/kubernetes/oidc/ca.crt}
            |                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write kubernetes.apiServerFiles: [{path: /etc/kubernetes/oidc/ca.crt, argument: oidc-ca-file, source: files/ca.crt}] instead of the argument: hakube writes the file before kubeadm runs, and mounts it
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/
      "
    `)
  })
  it('may be the configuration of the scheduler', () => {
    expect(check('  schedulerArguments: {config: /etc/kubernetes/scheduler.yaml}\n')).toMatchInlineSnapshot(`
      "profile.yaml:45:32: error[arguments/file]: kube-scheduler runs in a static pod, into which /etc/kubernetes/scheduler.yaml is not mounted [$.kubernetes.schedulerArguments.config]
         45 |   schedulerArguments: {config: /etc/kubernetes/scheduler.yaml}
            |                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write kubernetes.schedulerFiles: [{path: /etc/kubernetes/scheduler.yaml, argument: config, source: files/scheduler.yaml}] instead of the argument: hakube writes the file before kubeadm runs, and mounts it
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/
      "
    `)
  })
  it.each([
    ['apiServerArguments', 'authentication-config: /etc/kubernetes/authn.yaml'],
    ['apiServerArguments', 'authorization-config: /etc/kubernetes/authz.yaml'],
    ['apiServerArguments', 'admission-control-config-file: /etc/admission.yaml'],
    ['apiServerArguments', 'audit-webhook-config-file: /opt/audit.kubeconfig'],
    ['apiServerArguments', 'authentication-token-webhook-config-file: relative.yaml'],
    ['apiServerArguments', 'authorization-webhook-config-file: /x'],
    ['apiServerArguments', 'egress-selector-config-file: /x'],
    ['apiServerArguments', 'tracing-config-file: /x'],
    ['apiServerArguments', 'kubelet-certificate-authority: /x'],
    ['controllerManagerArguments', 'cluster-signing-kubelet-serving-cert-file: /x'],
    ['controllerManagerArguments', 'leader-migration-config: /x'],
    ['schedulerArguments', 'client-ca-file: /etc/kubernetes/pki/ca.crt'],
  ])('are reported if the static pod does not mount the file, %s: {%s}', (field, argument) => {
    const found = messages(check(`  ${field}: {${argument}}\n`))
    expect(found.filter((message) => message.includes('static pod'))).toHaveLength(1)
  })
  it.each([
    ['apiServerArguments', 'oidc-ca-file: /etc/kubernetes/pki/ca.crt'],
    ['apiServerArguments', 'oidc-ca-file: /etc/ssl/certs/ca-certificates.crt'],
    ['controllerManagerArguments', 'cluster-signing-kubelet-serving-cert-file: /etc/kubernetes/pki/ca.crt'],
    [
      'apiServerFiles: [{path: /etc/oidc.crt, content: x}]\n  apiServerArguments',
      'oidc-ca-file: /etc/oidc.crt',
    ],
  ])('are accepted if the static pod mounts the file, %s: {%s}', (field, argument) => {
    expect(messages(check(`  ${field}: {${argument}}\n`))).toEqual([])
  })
})

describe('files of the control plane', () => {
  it('are reported for an argument without a file, or set elsewhere or twice, and for two files with one path', () => {
    expect(
      check(
        '  apiServerFiles:\n' +
          '    - {path: /etc/kubernetes/oidc/ca.crt, argument: oidc-ca, content: x}\n' +
          '    - {path: /etc/kubernetes/tracing/a.yaml, argument: tracing-config-file, content: "{kind: TracingConfiguration, apiVersion: apiserver.config.k8s.io/v1}"}\n' +
          '    - {path: /etc/kubernetes/oidc/ca.crt, content: x}\n' +
          '    - {path: /etc/kubernetes/pki/x.crt, content: x}\n' +
          '  apiServerArguments: {tracing-config-file: /etc/kubernetes/tracing/a.yaml}\n' +
          '  schedulerFiles:\n' +
          '    - {path: /etc/s.yaml, argument: config, content: "kind: Wrong"}\n' +
          '    - {path: /etc/t.crt, argument: config, content: "kind: Wrong"}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:46:53: error[arguments/file]: kube-apiserver has no argument --oidc-ca for a file that the profile can provide [$.kubernetes.apiServerFiles[0].argument]
         46 |     - {path: /etc/kubernetes/oidc/ca.crt, argument: oidc-ca, content: x}
            |                                                     ^^^^^^^
        hint: did you mean oidc-ca-file?

      profile.yaml:47:56: error[arguments/file]: --tracing-config-file of kube-apiserver is also set in apiServerArguments [$.kubernetes.apiServerFiles[1].argument]
         47 | …bernetes/tracing/a.yaml, argument: tracing-config-file, content: "{kind: TracingConfiguration, apiVersion: a…
            |                                     ^^^^^^^^^^^^^^^^^^^
        hint: keep one of the two
        profile.yaml:50:24: the other

      profile.yaml:48:14: error[files/duplicate]: the file /etc/kubernetes/oidc/ca.crt is written twice [$.kubernetes.apiServerFiles[2].path]
         48 |     - {path: /etc/kubernetes/oidc/ca.crt, content: x}
            |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: keep one of the two
        profile.yaml:46:14: first used here

      profile.yaml:49:14: error[files/reserved]: hakube writes /etc/kubernetes/pki/x.crt itself [$.kubernetes.apiServerFiles[3].path]
         49 |     - {path: /etc/kubernetes/pki/x.crt, content: x}
            |              ^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: use fields of the profile; files of hakube cannot be replaced yet

      profile.yaml:52:54: error[arguments/conflict]: this is not a document for --config: it does not have kind: KubeSchedulerConfiguration [$.kubernetes.schedulerFiles[0].content]
         52 |     - {path: /etc/s.yaml, argument: config, content: "kind: Wrong"}
            |                                                      ^^^^^^^^^^^^^
        hint: write a document with kind: KubeSchedulerConfiguration and its apiVersion
        source: https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/

      profile.yaml:53:36: error[arguments/file]: two files use --config [$.kubernetes.schedulerFiles[1].argument]
         53 |     - {path: /etc/t.crt, argument: config, content: "kind: Wrong"}
            |                                    ^^^^^^
        hint: keep one of the two
        profile.yaml:52:37: the other

      profile.yaml:53:53: error[arguments/conflict]: this is not a document for --config: it does not have kind: KubeSchedulerConfiguration [$.kubernetes.schedulerFiles[1].content]
         53 |     - {path: /etc/t.crt, argument: config, content: "kind: Wrong"}
            |                                                     ^^^^^^^^^^^^^
        hint: write a document with kind: KubeSchedulerConfiguration and its apiVersion
        source: https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/
      "
    `)
  })
  it('may be read by two components', () => {
    expect(
      check(
        '  apiServerFiles: [{path: /etc/x.crt, content: x}]\n  controllerManagerFiles: [{path: /etc/x.crt, content: x}]\n',
      ),
    ).toBe('')
  })
  it('must allow the anonymous requests that the cluster needs', () => {
    expect(check(authentication('{enabled: false}'))).toMatchInlineSnapshot(`
      "profile.yaml:45:97: error[arguments/conflict]: without anonymous requests, the load balancer's health checks, the API server's probes and joins by token fail [$.kubernetes.apiServerFiles[0].content]
         45 | …t: authentication-config, content: '{apiVersion: apiserver.config.k8s.io/v1, kind: AuthenticationConfigurati…
            |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}, {path: /healthz}, {path: /api/v1/namespaces/kube-public/configmaps/cluster-info}]}
        source: https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/
      "
    `)
    expect(messages(check(authentication('{enabled: true, conditions: [{path: /livez}, {path: /readyz}]}'))))
      .toMatchInlineSnapshot(`
      [
        "anonymous requests must be allowed for /healthz, /api/v1/namespaces/kube-public/configmaps/cluster-info too: the load balancer, the API server's probes and joining machines send them",
      ]
    `)
    expect(
      check(
        authentication(
          '{enabled: true, conditions: [{path: /livez}, {path: /readyz}, {path: /healthz}, {path: /api/v1/namespaces/kube-public/configmaps/cluster-info}]}',
        ),
      ),
    ).toBe('')
  })
  it('must name the API server in a configuration of the scheduler', () => {
    expect(check(scheduler(''))).toMatchInlineSnapshot(`
      "profile.yaml:45:86: error[arguments/conflict]: without clientConnection.kubeconfig in its configuration, the scheduler cannot reach the API server [$.kubernetes.schedulerFiles[0].content]
         45 | …r.yaml, argument: config, content: '{apiVersion: kubescheduler.config.k8s.io/v1, kind: KubeSchedulerConfigur…
            |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf}
        source: https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/
      "
    `)
    expect(check(scheduler(', clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf}'))).toBe('')
  })
  it('must contain the authorizers of the cluster', () => {
    expect(messages(check(authorization('{type: RBAC, name: rbac}')))).toMatchInlineSnapshot(`
      [
        "the authorizers lack Node: kubelets and the roles that kubeadm creates need them",
      ]
    `)
    expect(check(authorization('{type: Node, name: node}, {type: RBAC, name: rbac}'))).toBe('')
  })
})
