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

  it('may be anywhere, and at any port', () => {
    expect(mistakes(...external, at('192.0.2.10'))).toBe('')
    expect(mistakes(...external, at('[192.0.2.10, "2001:db8::10"]'))).toBe('')
  })
  it('that a haproxy of the distribution would be too old for', () => {
    const old: Change = ['name: rocky\n  version: "9"', 'name: centos\n  version: "7"']
    expect(mistakes(...external, old)).not.toMatch('haproxy')
  })
  it('what hakube would set up on its own', () => {
    const all = `  placement: external
  virtualRouterId: 7
  sourceAddress: 10.10.10.251
  connectionSync: true
  images: { keepalived: registry.example.com/keepalived:2.3.1 }
`
    expect(mistakes(...workers, balancing(all))).toMatchInlineSnapshot(`
      "profile.yaml:40:3: error[load-balancing/external]: the load balancer is external: hakube sets up no virtualRouterId there [$.loadBalancing.virtualRouterId]
         40 |   virtualRouterId: 7
            |   ^^^^^^^^^^^^^^^
        hint: remove it: who runs the load balancer sets that up; or remove placement: external

      profile.yaml:41:3: error[load-balancing/external]: the load balancer is external: hakube sets up no sourceAddress there [$.loadBalancing.sourceAddress]
         41 |   sourceAddress: 10.10.10.251
            |   ^^^^^^^^^^^^^
        hint: remove it: who runs the load balancer sets that up; or remove placement: external

      profile.yaml:42:3: error[load-balancing/external]: the load balancer is external: hakube sets up no connectionSync there [$.loadBalancing.connectionSync]
         42 |   connectionSync: true
            |   ^^^^^^^^^^^^^^
        hint: remove it: who runs the load balancer sets that up; or remove placement: external

      profile.yaml:43:3: error[load-balancing/external]: the load balancer is external: hakube sets up no images there [$.loadBalancing.images]
         43 |   images: { keepalived: registry.example.com/keepalived:2.3.1 }
            |   ^^^^^^
        hint: remove it: who runs the load balancer sets that up; or remove placement: external

      profile.yaml:46:3: error[load-balancing/external]: the load balancer is external: hakube sets up no ingress there [$.loadBalancing.ingress]
         46 |   ingress:
            |   ^^^^^^^
        hint: remove it: who runs the load balancer sets that up; or remove placement: external
      "
    `)
  })
  it('and machines for one of its own', () => {
    expect(mistakes(noIngress, balancing('  placement: external\n'))).toMatchInlineSnapshot(`
      "profile.yaml:39:14: error[load-balancing/idle-balancers]: placement is external, so 2 load-balancer machines have no work [$.loadBalancing.placement]
         39 |   placement: external
            |              ^^^^^^^^
        hint: remove placement, or give those machines another role
      "
    `)
  })
  it('with the address of a machine', () => {
    expect(mistakes(...external, ['10.10.10.19', '10.10.10.13'])).toMatchInlineSnapshot(`
      "profile.yaml:41:14: error[address/duplicate]: the address 10.10.10.13 of the API is already that of control-1 [$.loadBalancing.api.address]
         41 |     address: 10.10.10.13
            |              ^^^^^^^^^^^
        hint: give each its own address, e.g. 10.10.10.17
        profile.yaml:25:14: first used here
      "
    `)
  })
})

describe('load balancers in static pods', () => {
  it('with an image of keepalived, and ports of their own', () => {
    expect(mistakes(...pods())).toBe('')
  })
  it('without an image of keepalived', () => {
    expect(mistakes(...pods(''))).toMatchInlineSnapshot(`
      "profile.yaml:39:14: error[load-balancing/no-keepalived-image]: keepalived has no image of its own project, and the one of most guides, osixia/keepalived, is stale [$.loadBalancing.placement]
         39 |   placement: static-pod
            |              ^^^^^^^^^^
        hint: write images.keepalived, an image that you keep up to date; or placement: control-plane, which takes the distribution's packages
        source: https://github.com/osixia/docker-keepalived/releases
      "
    `)
    expect(mistakes(...pods('  images: { haproxy: "docker.io/library/haproxy:3.2.6" }\n')))
      .toMatchInlineSnapshot(`
        "profile.yaml:40:3: error[load-balancing/no-keepalived-image]: keepalived has no image of its own project, and the one of most guides, osixia/keepalived, is stale [$.loadBalancing.images]
           40 |   images: { haproxy: "docker.io/library/haproxy:3.2.6" }
              |   ^^^^^^
          hint: write images.keepalived, an image that you keep up to date; or placement: control-plane, which takes the distribution's packages
          source: https://github.com/osixia/docker-keepalived/releases
        "
      `)
  })
  it('with the image of old guides', () => {
    expect(mistakes(...pods('  images: { keepalived: "osixia/keepalived:2.0.20" }\n')))
      .toMatchInlineSnapshot(`
        "profile.yaml:40:25: warning[old-advice/keepalived-image]: osixia/keepalived:2.0.20 has had no update for years [$.loadBalancing.images.keepalived]
           40 |   images: { keepalived: "osixia/keepalived:2.0.20" }
              |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: take an image that is kept up to date, or placement: control-plane, which takes the distribution's
          source: https://github.com/osixia/docker-keepalived/releases
        "
      `)
  })
  it('names of images that are none, or of no certain image', () => {
    const images =
      '  images: { haproxy: "https://docker.io/haproxy:3", keepalived: registry.example.com/keepalived }\n'
    expect(mistakes(...pods(images))).toMatchInlineSnapshot(`
      "profile.yaml:40:22: error[load-balancing/image]: "https://docker.io/haproxy:3" is not the name of an image [$.loadBalancing.images.haproxy]
         40 |   images: { haproxy: "https://docker.io/haproxy:3", keepalived: registry.example.com/keepalived }
            |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write registry/name:tag, e.g. docker.io/library/haproxy:3.2.6

      profile.yaml:40:65: warning[load-balancing/image-unpinned]: registry.example.com/keepalived may be another image on each machine [$.loadBalancing.images.keepalived]
         40 |   images: { haproxy: "https://docker.io/haproxy:3", keepalived: registry.example.com/keepalived }
            |                                                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write a tag, or better a digest
      "
    `)
    const digest = `registry.example.com:5000/keepalived@sha256:${'a'.repeat(64)}`
    expect(mistakes(...pods(`  images: { keepalived: "${digest}" }\n`))).toBe('')
  })
  it('what only services can do', () => {
    const images = '  images: { keepalived: "registry.example.com/keepalived:2.3.1" }\n'
    expect(mistakes(...pods(`${images}  sourceAddress: 10.10.10.251\n`))).toMatchInlineSnapshot(`
      "profile.yaml:41:3: error[load-balancing/not-in-pods]: keepalived in a static pod cannot tell conntrackd of the machine who has the addresses [$.loadBalancing.sourceAddress]
         41 |   sourceAddress: 10.10.10.251
            |   ^^^^^^^^^^^^^
        hint: remove it, or write placement: control-plane, or take load-balancer machines
      "
    `)
    expect(mistakes(...pods(`${images}  connectionSync: true\n`))).toMatchInlineSnapshot(`
      "profile.yaml:41:3: error[load-balancing/not-in-pods]: keepalived in a static pod cannot tell conntrackd of the machine who has the addresses [$.loadBalancing.connectionSync]
         41 |   connectionSync: true
            |   ^^^^^^^^^^^^^^
        hint: remove it, or write placement: control-plane, or take load-balancer machines
      "
    `)
  })
  it('a port of the same machine', () => {
    const port: Change = ['address: 10.10.10.19', 'address: 10.10.10.19\n    port: 6443']
    expect(mistakes(...pods(), port)).toMatchInlineSnapshot(`
      "profile.yaml:44:11: error[load-balancing/port-taken]: port 6443 is that of the API server on the same machine [$.loadBalancing.api.port]
         44 |     port: 6443
            |           ^^^^
        hint: write port: 8443, or remove it: that is the default on control planes
        source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/
      "
    `)
  })
  it('images where there are no pods', () => {
    expect(mistakes(balancing('  images: { haproxy: "docker.io/library/haproxy:3.2.6" }\n')))
      .toMatchInlineSnapshot(`
        "profile.yaml:39:3: error[load-balancing/images-unused]: images are for placement static-pod: here haproxy and keepalived are services [$.loadBalancing.images]
           39 |   images: { haproxy: "docker.io/library/haproxy:3.2.6" }
              |   ^^^^^^
          hint: remove images, or write placement: static-pod
        "
      `)
  })
})
