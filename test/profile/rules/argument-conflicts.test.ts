import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const check = (lines: string): string => mistakes(['version: "1.36.4"\n', `version: "1.36.4"\n  ${lines}\n`])

const conflicts = (text: string): string[] => text.match(/(?<=\[arguments\/conflict\]: ).*(?= \[\$)/g) ?? []

describe('arguments of the control plane that a cluster does not come up with', () => {
  it('an API server that listens on loopback', () => {
    expect(check('apiServerArguments: {bind-address: "127.0.0.1"}')).toMatchInlineSnapshot(`
      "profile.yaml:45:38: error[arguments/conflict]: the load balancer and the other machines reach the API server by the address of its machine, not by loopback [$.kubernetes.apiServerArguments.bind-address]
         45 |   apiServerArguments: {bind-address: "127.0.0.1"}
            |                                      ^^^^^^^^^^^
        hint: remove it: it is 0.0.0.0
      "
    `)
  })
  it('an authorization mode without Node', () => {
    expect(check('apiServerArguments: {authorization-mode: RBAC}')).toMatchInlineSnapshot(`
      "profile.yaml:45:44: error[arguments/conflict]: without Node in authorization-mode no kubelet may read or write its own objects [$.kubernetes.apiServerArguments.authorization-mode]
         45 |   apiServerArguments: {authorization-mode: RBAC}
            |                                            ^^^^
        hint: write Node,RBAC
        source: https://kubernetes.io/docs/reference/access-authn-authz/node/
      "
    `)
  })
  it('controllers without those that are off by default', () => {
    expect(check("controllerManagerArguments: {controllers: '*,-ttl'}")).toMatchInlineSnapshot(`
      "profile.yaml:45:45: error[arguments/conflict]: without bootstrapsigner, tokencleaner in controllers nobody signs cluster-info, and no machine joins by token [$.kubernetes.controllerManagerArguments.controllers]
         45 |   controllerManagerArguments: {controllers: '*,-ttl'}
            |                                             ^^^^^^^^
        hint: write "*,-ttl,bootstrapsigner,tokencleaner"
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      "
    `)
  })
  it('no anonymous requests', () => {
    expect(check('apiServerArguments: {anonymous-auth: false}')).toMatchInlineSnapshot(`
      "profile.yaml:45:40: error[arguments/conflict]: without anonymous requests the check of the load balancer, the probes of the API server and joins by token fail [$.kubernetes.apiServerArguments.anonymous-auth]
         45 |   apiServerArguments: {anonymous-auth: false}
            |                                        ^^^^^
        hint: remove it; from Kubernetes 1.32 on a file of kubernetes.apiServerFiles with argument: authentication-config can limit them by anonymous.conditions to /livez, /readyz, /healthz, /api/v1/namespaces/kube-public/configmaps/cluster-info
        source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-authenticator-configuration
      "
    `)
  })
  it.each([
    ['apiServerArguments', 'allow-privileged: false'],
    ['apiServerArguments', 'anonymous-auth: "0"'],
    ['apiServerArguments', 'authorization-mode: "AlwaysAllow"'],
    ['apiServerArguments', 'authorization-mode: "Node"'],
    ['apiServerArguments', 'bind-address: "::1"'],
    ['apiServerArguments', 'bind-address: 10.10.10.11'],
    ['apiServerArguments', 'endpoint-reconciler-type: none'],
    ['controllerManagerArguments', 'controllers: "*,bootstrapsigner"'],
    ['controllerManagerArguments', 'controllers: "*,bootstrapsigner,tokencleaner,-csrsigning"'],
    [
      'controllerManagerArguments',
      'controllers: "*,bootstrapsigner,tokencleaner,-certificatesigningrequest-signing-controller"',
    ],
    ['controllerManagerArguments', 'controllers: "*,bootstrapsigner,tokencleaner,-nodeipam"'],
    ['controllerManagerArguments', 'controllers: deployment'],
    ['controllerManagerArguments', 'leader-elect: false'],
    ['schedulerArguments', 'leader-elect: "f"'],
  ])('%s: {%s} is an error', (field, argument) => {
    expect(conflicts(check(`${field}: {${argument}}`))).toHaveLength(1)
  })
  it.each([
    ['apiServerArguments', 'anonymous-auth: true'],
    ['apiServerArguments', 'authorization-mode: "Node,RBAC,Webhook"'],
    ['apiServerArguments', 'bind-address: "::"'],
    ['controllerManagerArguments', 'bind-address: 0.0.0.0'],
    [
      'controllerManagerArguments',
      'controllers: "*,bootstrap-signer-controller,token-cleaner-controller,-ttl"',
    ],
    [
      'controllerManagerArguments',
      'controllers: "*,bootstrapsigner,tokencleaner,-nodeipam", allocate-node-cidrs: false',
    ],
    ['schedulerArguments', 'leader-elect: true'],
  ])('%s: {%s} is right', (field, argument) => {
    expect(conflicts(check(`${field}: {${argument}}`))).toEqual([])
  })
})
