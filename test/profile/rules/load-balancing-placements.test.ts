import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

type Change = [from: string, to: string]

const workers: Change[] = [
  ['role: load-balancer', 'role: worker'],
  ['role: load-balancer', 'role: worker'],
]
const noIngress: Change = ['  ingress:\n    address: 10.10.10.20\n', '']
const balancing = (text: string): Change => ['loadBalancing:\n', `loadBalancing:\n${text}`]
const pods = (text = '  images:\n    keepalived: registry.example.com/keepalived:2.3.1\n'): Change[] => [
  ...workers,
  balancing(`  placement: static-pod\n${text}`),
]

const at = (address: string): Change => ['address: 10.10.10.19', `address: ${address}\n    port: 22`]

describe('an external load balancer', () => {
  const external: Change[] = [...workers, noIngress, balancing('  placement: external\n')]

  it('accepts an external load balancer at any address and port', () => {
    expect(mistakes(...external, at('192.0.2.10'))).toBe('')
    expect(mistakes(...external, at('[192.0.2.10, "2001:db8::10"]'))).toBe('')
  })
  it('accepts an external load balancer where the haproxy of the distribution would be too old', () => {
    const old: Change = ['name: rocky\n  version: "9"', 'name: centos\n  version: "7"']
    expect(mistakes(...external, old)).not.toMatch('haproxy')
  })
  it("reports settings of hakube's own load balancers beside an external one", () => {
    const all = `  placement: external
  virtualRouterId: 7
  sourceAddress: 10.10.10.251
  connectionSync: true
  images: { keepalived: registry.example.com/keepalived:2.3.1 }
`
    expect(mistakes(...workers, balancing(all))).toMatchInlineSnapshot(`
      "profile.yaml:40:3: error[load-balancing/external]: virtualRouterId has no effect: hakube does not manage an external load balancer [$.loadBalancing.virtualRouterId]
         40 |   virtualRouterId: 7
            |   ^^^^^^^^^^^^^^^
        hint: configure it on the load balancer and remove it here, or remove placement: external

      profile.yaml:41:3: error[load-balancing/external]: sourceAddress has no effect: hakube does not manage an external load balancer [$.loadBalancing.sourceAddress]
         41 |   sourceAddress: 10.10.10.251
            |   ^^^^^^^^^^^^^
        hint: configure it on the load balancer and remove it here, or remove placement: external

      profile.yaml:42:3: error[load-balancing/external]: connectionSync has no effect: hakube does not manage an external load balancer [$.loadBalancing.connectionSync]
         42 |   connectionSync: true
            |   ^^^^^^^^^^^^^^
        hint: configure it on the load balancer and remove it here, or remove placement: external

      profile.yaml:43:3: error[load-balancing/external]: images has no effect: hakube does not manage an external load balancer [$.loadBalancing.images]
         43 |   images: { keepalived: registry.example.com/keepalived:2.3.1 }
            |   ^^^^^^
        hint: configure it on the load balancer and remove it here, or remove placement: external

      profile.yaml:46:3: error[load-balancing/external]: ingress has no effect: hakube does not manage an external load balancer [$.loadBalancing.ingress]
         46 |   ingress:
            |   ^^^^^^^
        hint: configure it on the load balancer and remove it here, or remove placement: external
      "
    `)
  })
  it('reports machines with the role load-balancer beside an external one', () => {
    expect(mistakes(noIngress, balancing('  placement: external\n'))).toMatchInlineSnapshot(`
      "profile.yaml:39:14: error[load-balancing/idle-balancers]: placement is external, so 2 load-balancer machines have nothing to run [$.loadBalancing.placement]
         39 |   placement: external
            |              ^^^^^^^^
        hint: remove placement, or give those machines another role
      "
    `)
  })
  it('reports an external load balancer with the address of a machine', () => {
    expect(mistakes(...external, ['10.10.10.19', '10.10.10.13'])).toMatchInlineSnapshot(`
      "profile.yaml:41:14: error[address/duplicate]: the address 10.10.10.13 of the API is already used by control-1 [$.loadBalancing.api.address]
         41 |     address: 10.10.10.13
            |              ^^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:25:14: first used here
      "
    `)
  })
})

describe('load balancers in static pods', () => {
  it('accepts static pods with an image of keepalived and ports of their own', () => {
    expect(mistakes(...pods())).toBe('')
  })
  it('reports static pods without an image of keepalived', () => {
    expect(mistakes(...pods(''))).toMatchInlineSnapshot(`
      "profile.yaml:39:14: error[load-balancing/no-keepalived-image]: the keepalived project publishes no image, and the one that most guides use, osixia/keepalived, is stale [$.loadBalancing.placement]
         39 |   placement: static-pod
            |              ^^^^^^^^^^
        hint: set images.keepalived to an image that you keep up to date, or write placement: control-plane, which uses the distribution's packages
        source: https://github.com/osixia/docker-keepalived/releases
      "
    `)
    expect(mistakes(...pods('  images: { haproxy: "docker.io/library/haproxy:3.2.6" }\n')))
      .toMatchInlineSnapshot(`
        "profile.yaml:40:3: error[load-balancing/no-keepalived-image]: the keepalived project publishes no image, and the one that most guides use, osixia/keepalived, is stale [$.loadBalancing.images]
           40 |   images: { haproxy: "docker.io/library/haproxy:3.2.6" }
              |   ^^^^^^
          hint: set images.keepalived to an image that you keep up to date, or write placement: control-plane, which uses the distribution's packages
          source: https://github.com/osixia/docker-keepalived/releases
        "
      `)
  })
  it('reports the keepalived image of old guides', () => {
    expect(mistakes(...pods('  images: { keepalived: "osixia/keepalived:2.0.20" }\n')))
      .toMatchInlineSnapshot(`
        "profile.yaml:40:25: warning[old-advice/keepalived-image]: osixia/keepalived:2.0.20 has not been updated for years [$.loadBalancing.images.keepalived]
           40 |   images: { keepalived: "osixia/keepalived:2.0.20" }
              |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: use an image that is kept up to date, or write placement: control-plane, which uses the distribution's packages
          source: https://github.com/osixia/docker-keepalived/releases
        "
      `)
  })
  it('reports names of images that are malformed or name no certain image', () => {
    const images =
      '  images: { haproxy: "https://docker.io/haproxy:3", keepalived: registry.example.com/keepalived }\n'
    expect(mistakes(...pods(images))).toMatchInlineSnapshot(`
      "profile.yaml:40:22: error[load-balancing/image]: "https://docker.io/haproxy:3" is not an image name [$.loadBalancing.images.haproxy]
         40 |   images: { haproxy: "https://docker.io/haproxy:3", keepalived: registry.example.com/keepalived }
            |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write registry/name:tag, e.g. docker.io/library/haproxy:3.2.6

      profile.yaml:40:65: warning[load-balancing/image-unpinned]: registry.example.com/keepalived may refer to a different image on each machine [$.loadBalancing.images.keepalived]
         40 |   images: { haproxy: "https://docker.io/haproxy:3", keepalived: registry.example.com/keepalived }
            |                                                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write a tag, or better a digest
      "
    `)
    const digest = `registry.example.com:5000/keepalived@sha256:${'a'.repeat(64)}`
    expect(mistakes(...pods(`  images: { keepalived: "${digest}" }\n`))).toBe('')
  })
  it('reports settings that only services can use', () => {
    const images = '  images: { keepalived: "registry.example.com/keepalived:2.3.1" }\n'
    expect(mistakes(...pods(`${images}  sourceAddress: 10.10.10.251\n`))).toMatchInlineSnapshot(`
      "profile.yaml:41:3: error[load-balancing/not-in-pods]: keepalived in a static pod cannot tell the machine's conntrackd which machine holds the addresses [$.loadBalancing.sourceAddress]
         41 |   sourceAddress: 10.10.10.251
            |   ^^^^^^^^^^^^^
        hint: remove it, or use placement: control-plane or load-balancer machines
      "
    `)
    expect(mistakes(...pods(`${images}  connectionSync: true\n`))).toMatchInlineSnapshot(`
      "profile.yaml:41:3: error[load-balancing/not-in-pods]: keepalived in a static pod cannot tell the machine's conntrackd which machine holds the addresses [$.loadBalancing.connectionSync]
         41 |   connectionSync: true
            |   ^^^^^^^^^^^^^^
        hint: remove it, or use placement: control-plane or load-balancer machines
      "
    `)
  })
  it('reports a port that another program of the same machine uses', () => {
    const port: Change = ['address: 10.10.10.19', 'address: 10.10.10.19\n    port: 10250']
    expect(mistakes(...pods(), port)).toMatchInlineSnapshot(`
      "profile.yaml:44:11: error[load-balancing/port-taken]: the kubelet uses port 10250 on the same machine [$.loadBalancing.api.port]
         44 |     port: 10250
            |           ^^^^^
        hint: write port: 8443, or remove it: that is the default on control planes
        source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/
      "
    `)
  })
  it('reports images where there are no static pods', () => {
    expect(mistakes(balancing('  images: { haproxy: "docker.io/library/haproxy:3.2.6" }\n')))
      .toMatchInlineSnapshot(`
        "profile.yaml:39:3: error[load-balancing/images-unused]: images applies only to placement: static-pod; here haproxy and keepalived are services [$.loadBalancing.images]
           39 |   images: { haproxy: "docker.io/library/haproxy:3.2.6" }
              |   ^^^^^^
          hint: remove images, or write placement: static-pod
        "
      `)
  })
})
