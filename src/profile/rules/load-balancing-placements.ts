import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { compareVersions } from '../../text/versions.ts'
import { readImageName } from '../../text/image-name.ts'
import type { Profile } from '../schema.ts'

type Balancing = NonNullable<Profile['loadBalancing']>

/** Features of hakube's own load balancers that are not available for external ones. */
const ownOnly = [
  'ingress',
  'network',
  'virtualRouterId',
  'sourceAddress',
  'connectionSync',
  'images',
] as const

/** Fields without effect for an external load balancer. */
export const checkExternal = (balancing: Balancing): Diagnostic[] =>
  ownOnly.flatMap((key) =>
    balancing[key] === undefined
      ? []
      : [
          error(
            'load-balancing/external',
            `${key} has no effect: hakube does not manage an external load balancer`,
            {
              hint: 'configure it on the load balancer and remove it here, or remove placement: external',
              path: ['loadBalancing', key],
              onKey: true,
            },
          ),
        ],
  )

/** Fields of static pods, and features that they do not support. */
export function checkPods(balancing: Balancing, placement: string): Diagnostic[] {
  if (placement === 'static-pod') return [...checkImages(balancing), ...checkRefused(balancing)]
  if (balancing.images === undefined) return []
  const message = 'images applies only to placement: static-pod; here haproxy and keepalived are services'
  const hint = 'remove images, or write placement: static-pod'
  const path = ['loadBalancing', 'images']
  return [error('load-balancing/images-unused', message, { hint, path, onKey: true })]
}

const stale = 'https://github.com/osixia/docker-keepalived/releases'

function checkImages({ images }: Balancing): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  if (images?.keepalived === undefined) {
    // kubeadm's guide still contains it, although its last release is of 2020.
    const message =
      'the keepalived project publishes no image, and the one that most guides use, osixia/keepalived, is stale'
    const hint = `set images.keepalived to an image that you keep up to date, or write placement: control-plane, which uses the distribution's packages`
    const path = images ? ['loadBalancing', 'images'] : ['loadBalancing', 'placement']
    diagnostics.push(
      error('load-balancing/no-keepalived-image', message, {
        hint,
        path,
        onKey: images !== undefined,
        source: stale,
      }),
    )
  } else if (/(?:^|\/)osixia\/keepalived(?:[:@]|$)/.test(images.keepalived)) {
    const message = `${images.keepalived} has not been updated for years`
    const hint =
      "use an image that is kept up to date, or write placement: control-plane, which uses the distribution's packages"
    const path = ['loadBalancing', 'images', 'keepalived']
    diagnostics.push(warning('old-advice/keepalived-image', message, { hint, path, source: stale }))
  }
  for (const name of ['haproxy', 'keepalived'] as const) {
    const image = images?.[name]
    if (image === undefined) continue
    const path = ['loadBalancing', 'images', name]
    diagnostics.push(...checkImage(image, path), ...checkImageVersion(name, image, path))
  }
  return diagnostics
}

/**
 * The first releases that support everything that static pods use. haproxy 2.6: fd-hard-limit. keepalived 1.4: parameters such as
 * $INTERFACE, which an included file sets (replace_param in lib/parser.c is not in 1.3.9).
 */
const oldestInPods = {
  haproxy: { version: '2.6', source: 'https://docs.haproxy.org/2.6/configuration.html#3.2-fd-hard-limit' },
  keepalived: { version: '1.4', source: 'https://www.keepalived.org/release-notes/Release-1.4.0.html' },
} as const

/**
 * Checks the tag, if it begins with a version and the image is named after the program. haproxy's tags follow the official image;
 * keepalived has none, and its images may have their own version numbers, so there it is a warning.
 */
function checkImageVersion(name: 'haproxy' | 'keepalived', text: string, path: Path): Diagnostic[] {
  const image = readImageName(text)
  const found = /^v?(\d+\.\d+(?:\.\d+)?)(?![\d.])/.exec(image?.tag ?? '')?.[1]
  const { version, source } = oldestInPods[name]
  const isNamed = image?.path.split('/').at(-1)?.includes(name)
  if (found === undefined || !isNamed || compareVersions(found, version) >= 0) return []
  const message = `${text}: ${name} ${found} is too old for hakube's static pods, which need ${version} or later`
  const official = 'use docker.io/library/haproxy:3.2.6, or another one from 2.6'
  return name === 'haproxy'
    ? [error('load-balancing/old-image', message, { hint: official, path, source })]
    : [
        warning('load-balancing/old-keepalived-image', message, {
          hint: "use one with a newer keepalived, if the tag is keepalived's version",
          path,
          source,
        }),
      ]
}

function checkImage(text: string, path: Path): Diagnostic[] {
  const found = readImageName(text)
  const hint = 'write registry/name:tag, e.g. docker.io/library/haproxy:3.2.6'
  if (!found)
    return [error('load-balancing/image', `${JSON.stringify(text)} is not an image name`, { hint, path })]
  const { tag, digest } = found
  if (digest !== null || (tag !== null && tag !== 'latest')) return []
  const message = `${text} may refer to a different image on each machine`
  return [
    warning('load-balancing/image-unpinned', message, { hint: 'write a tag, or better a digest', path }),
  ]
}

/** keepalived's script would have to start programs of the machine from within the container. */
const notInPods = (key: 'sourceAddress' | 'connectionSync'): Diagnostic =>
  error(
    'load-balancing/not-in-pods',
    "keepalived in a static pod cannot tell the machine's conntrackd which machine holds the addresses",
    {
      hint: 'remove it, or use placement: control-plane or load-balancer machines',
      path: ['loadBalancing', key],
      onKey: true,
    },
  )

function checkRefused({ sourceAddress, connectionSync }: Balancing): Diagnostic[] {
  if (sourceAddress !== undefined) return [notInPods('sourceAddress')]
  return connectionSync ? [notInPods('connectionSync')] : []
}
