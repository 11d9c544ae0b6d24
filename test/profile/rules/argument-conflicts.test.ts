import { describe, expect, it } from 'vitest'
import { good, mistakes, mistakesIn, replace } from '../mistakes.ts'

const check = (lines: string): string => mistakes(['version: "1.36.4"\n', `version: "1.36.4"\n  ${lines}\n`])

const conflicts = (text: string): string[] => text.match(/(?<=\[arguments\/conflict\]: ).*(?= \[\$)/g) ?? []

describe('arguments of the control plane that prevent a cluster from starting', () => {
  it('reports an API server that listens on loopback', () => {
    expect(check('apiServerArguments: {bind-address: "127.0.0.1"}')).toMatchInlineSnapshot(`
      "profile.yaml:45:38: error[arguments/conflict]: the load balancer and the other machines reach the API server at its machine's address, not at a loopback address [$.kubernetes.apiServerArguments.bind-address]
         45 |   apiServerArguments: {bind-address: "127.0.0.1"}
            |                                      ^^^^^^^^^^^
        hint: remove it: the default is 0.0.0.0
      "
    `)
  })
  it('reports an authorization mode without Node', () => {
    expect(check('apiServerArguments: {authorization-mode: RBAC}')).toMatchInlineSnapshot(`
      "profile.yaml:45:44: error[arguments/conflict]: without Node in authorization-mode, kubelets may not read or write their own objects [$.kubernetes.apiServerArguments.authorization-mode]
         45 |   apiServerArguments: {authorization-mode: RBAC}
            |                                            ^^^^
        hint: write Node,RBAC
        source: https://kubernetes.io/docs/reference/access-authn-authz/node/
      "
    `)
  })
  it('reports controllers without those that are off by default', () => {
    expect(check("controllerManagerArguments: {controllers: '*,-ttl'}")).toMatchInlineSnapshot(`
      "profile.yaml:45:45: error[arguments/conflict]: without bootstrapsigner, tokencleaner in controllers, cluster-info is not signed, so machines cannot join by token [$.kubernetes.controllerManagerArguments.controllers]
         45 |   controllerManagerArguments: {controllers: '*,-ttl'}
            |                                             ^^^^^^^^
        hint: write "*,-ttl,bootstrapsigner,tokencleaner"
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      "
    `)
  })
  it('reports that anonymous requests are off', () => {
    expect(check('apiServerArguments: {anonymous-auth: false}')).toMatchInlineSnapshot(`
      "profile.yaml:45:40: error[arguments/conflict]: without anonymous requests, the load balancer's health checks, the API server's probes and joins by token fail [$.kubernetes.apiServerArguments.anonymous-auth]
         45 |   apiServerArguments: {anonymous-auth: false}
            |                                        ^^^^^
        hint: remove it; from Kubernetes 1.32, a file of kubernetes.apiServerFiles with argument: authentication-config can limit anonymous requests to /livez, /readyz, /healthz, /api/v1/namespaces/kube-public/configmaps/cluster-info (anonymous.conditions)
        source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-authenticator-configuration
      "
    `)
  })
  it('reports node ports that other programs listen on', () => {
    expect(check('apiServerArguments: {service-node-port-range: 2000-9000}')).toMatchInlineSnapshot(`
      "profile.yaml:45:49: error[arguments/conflict]: the node ports 2000-9000 include port 2379 of etcd and 2 more: a service that receives it takes it over on every node [$.kubernetes.apiServerArguments.service-node-port-range]
         45 |   apiServerArguments: {service-node-port-range: 2000-9000}
            |                                                 ^^^^^^^^^
        hint: write e.g. 30000-32767
        source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/
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
    ['apiServerArguments', 'service-node-port-range: 80-32767'],
    ['apiServerArguments', 'service-node-port-range: 6000-7000'],
    ['apiServerArguments', 'service-node-port-range: 10250'],
    ['apiServerArguments', 'service-node-port-range: 22+10'],
    ['apiServerArguments', 'service-node-port-range: 40000-30000'],
    ['controllerManagerArguments', 'controllers: "*,bootstrapsigner"'],
    ['controllerManagerArguments', 'controllers: "*,bootstrapsigner,tokencleaner,-csrsigning"'],
    [
      'controllerManagerArguments',
      'controllers: "*,bootstrapsigner,tokencleaner,-certificatesigningrequest-signing-controller"',
    ],
    ['controllerManagerArguments', 'controllers: "*,bootstrapsigner,tokencleaner,-nodeipam"'],
    ['controllerManagerArguments', 'controllers: deployment'],
    ['controllerManagerArguments', 'leader-elect: false'],
    ['controllerManagerArguments', 'bind-address: 10.10.10.13'],
    ['schedulerArguments', 'bind-address: 10.10.10.13'],
    ['apiServerArguments', 'disable-admission-plugins: NodeRestriction'],
    [
      'apiServerArguments',
      'enable-admission-plugins: PodNodeSelector, disable-admission-plugins: PodNodeSelector',
    ],
    ['schedulerArguments', 'leader-elect: "f"'],
  ])('%s: {%s} is an error', (field, argument) => {
    expect(conflicts(check(`${field}: {${argument}}`))).toHaveLength(1)
  })
  it.each([
    ['apiServerArguments', 'anonymous-auth: true'],
    ['apiServerArguments', 'authorization-mode: "Node,RBAC,Webhook"'],
    ['apiServerArguments', 'bind-address: "::"'],
    ['apiServerArguments', 'service-node-port-range: 20000-22767'],
    ['apiServerArguments', 'service-node-port-range: 8000-9000'],
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
    ['schedulerArguments', 'bind-address: 0.0.0.0'],
    ['controllerManagerArguments', 'bind-address: 127.0.0.1'],
    ['apiServerArguments', 'disable-admission-plugins: DefaultStorageClass'],
  ])('%s: {%s} is right', (field, argument) => {
    expect(conflicts(check(`${field}: {${argument}}`))).toEqual([])
  })
})

const told = (list: string) =>
  mistakes(['version: "1.36.4"', `version: "1.36.4"\n  apiServerArguments: {${list}}`])

describe('lists of the API server that replace those of kubeadm', () => {
  const message = 'arguments/unprotected'
  it('cause a warning without NodeRestriction', () => {
    expect(told('enable-admission-plugins: "PodNodeSelector,AlwaysPullImages"')).toMatchInlineSnapshot(`
      "profile.yaml:45:50: warning[arguments/unprotected]: this list replaces that of kubeadm, and without NodeRestriction anyone who controls one node can change all others and their pods [$.kubernetes.apiServerArguments.enable-admission-plugins]
         45 |   apiServerArguments: {enable-admission-plugins: "PodNodeSelector,AlwaysPullImages"}
            |                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write NodeRestriction,PodNodeSelector,AlwaysPullImages
        source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
      "
    `)
  })
  it.each(['NodeRestriction', 'NodeRestriction,PodNodeSelector', 'NodeRestrictions'])(
    'cause no warning with %s',
    (list) => {
      expect(told(`enable-admission-plugins: "${list}"`)).not.toContain(message)
    },
  )
  it('cause a warning with AlwaysAllow beside others, which opens the API to everyone', () => {
    expect(told('authorization-mode: "Node,RBAC,AlwaysAllow"')).toContain('hint: write Node,RBAC\n')
  })
})

describe('the controller manager', () => {
  it('causes a warning for short-lived certificates', () => {
    expect(check('controllerManagerArguments: {cluster-signing-duration: 1h30m}')).toMatchInlineSnapshot(`
      "profile.yaml:45:58: warning[arguments/certificates]: a machine that is off for more than 1h30m cannot return: the certificate of its kubelet has expired by then [$.kubernetes.controllerManagerArguments.cluster-signing-duration]
         45 |   controllerManagerArguments: {cluster-signing-duration: 1h30m}
            |                                                          ^^^^^
        hint: remove it: the default is 8760h, one year
        source: https://kubernetes.io/docs/tasks/tls/certificate-rotation/
      "
    `)
  })
  it.each(['8760h', '24h', '87600h0m0s'])('may issue certificates of %s', (duration) => {
    expect(check(`controllerManagerArguments: {cluster-signing-duration: ${duration}}`)).not.toContain(
      'arguments/certificates',
    )
  })
  it.each([
    ['node-monitor-grace-period: 5s', 'all nodes would be NotReady again and again'],
    ['use-service-account-credentials: "false"', 'the controllers have no rights'],
    [
      'node-cidr-mask-size: "8"',
      'each node would receive a /8, which is more than the whole pod network 10.244.0.0/16',
    ],
  ])('%s', (argument, message) => {
    const text = mistakes([
      'version: "1.36.4"',
      `version: "1.36.4"\n  controllerManagerArguments: {${argument}}`,
    ])
    expect(text).toContain(message)
    expect(text.match(/error\[/g)).toHaveLength(1)
  })
  it.each([
    'node-monitor-grace-period: 20s',
    'node-monitor-grace-period: 1m',
    'use-service-account-credentials: "true"',
  ])('%s is right', (argument) => {
    expect(
      mistakes(['version: "1.36.4"', `version: "1.36.4"\n  controllerManagerArguments: {${argument}}`]),
    ).toBe('')
  })
})

describe('arguments of the API server that affect connections to nodes', () => {
  it('require kubelets with certificates of that CA', () => {
    expect(check('apiServerArguments: {kubelet-certificate-authority: /etc/kubernetes/pki/ca.crt}'))
      .toMatchInlineSnapshot(`
      "profile.yaml:45:55: error[arguments/conflict]: kubelets sign their serving certificates themselves, so with a CA for them kubectl logs, exec and the metrics of nodes fail [$.kubernetes.apiServerArguments.kubelet-certificate-authority]
         45 |   apiServerArguments: {kubelet-certificate-authority: /etc/kubernetes/pki/ca.crt}
            |                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it, or also write kubernetes.kubeletConfiguration: {serverTLSBootstrap: true} and approve the requests of the kubelets
        source: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs
      "
    `)
    expect(
      check(
        'apiServerArguments: {kubelet-certificate-authority: /etc/kubernetes/pki/ca.crt}\n  kubeletConfiguration: {serverTLSBootstrap: true}',
      ),
    ).not.toContain('error[')
  })
  it('require an address that nodes have', () => {
    expect(check('apiServerArguments: {kubelet-preferred-address-types: "ExternalDNS,ExternalIP"}'))
      .toMatchInlineSnapshot(`
      "profile.yaml:45:57: error[arguments/conflict]: nodes have no address of the type ExternalDNS or ExternalIP, so kubectl logs and exec fail [$.kubernetes.apiServerArguments.kubelet-preferred-address-types]
         45 |   apiServerArguments: {kubelet-preferred-address-types: "ExternalDNS,ExternalIP"}
            |                                                         ^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write InternalIP,ExternalIP,Hostname, or remove it: kubeadm sets that
        source: https://kubernetes.io/docs/reference/node/node-status/#addresses
      "
    `)
  })
  it.each([
    ['kubelet-preferred-address-types: InternalIp', 'InternalIp is not a type of address'],
    ['service-account-issuer: ""', 'without an issuer'],
    ['storage-media-type: json', '"json" is not a value of --storage-media-type'],
  ])('%s', (argument, message) => {
    expect(check(`apiServerArguments: {${argument}}`)).toContain(message)
  })
  it.each([
    'kubelet-preferred-address-types: "Hostname,ExternalIP"',
    'service-account-issuer: "https://issuer.example.com"',
    'storage-media-type: application/json',
  ])('%s is right', (argument) => {
    expect(check(`apiServerArguments: {${argument}}`)).not.toContain('error[')
  })
  it('take no port of a load balancer that is a node', () => {
    const range = 'apiServerArguments: {service-node-port-range: 8000-9000}'
    const balancers = /  - name: balancer-[12]\n.*\n.*\n.*\n/g
    const onNodes = replace(good, ['version: "1.36.4"\n', `version: "1.36.4"\n  ${range}\n`]).replaceAll(
      balancers,
      '',
    )
    const port = (number: number) =>
      mistakesIn(replace(onNodes, ['10.10.10.19\n', `10.10.10.19\n    port: ${number}\n`]))
    expect(port(8443)).toContain('include port 8443 of the load balancer')
    expect(port(9443)).not.toContain('service-node-port-range')
    expect(check(range)).toBe('')
  })
})
