import type { CodeSection } from './section.ts'

export const containerRuntimesCodes = {
  title: 'Container runtimes',
  codes: {
    'container-runtime/no-package': {
      severity: 'error',
      what: '`packages: distribution` where the distribution does not package this container runtime; CRI-O before 1.28',
      remedy: 'Use `docker`, or a newer Kubernetes or containerd',
      source: 'cri-o/packaging',
    },
    'container-runtime/no-cri-dockerd': {
      severity: 'error',
      what: 'Docker without cri-dockerd, which Kubernetes 1.24 and later need',
      remedy: 'Set `criDockerd` with path and sha256 of a release',
      source: 'dockershim FAQ',
    },
    'container-runtime/unused': {
      severity: 'warning',
      what: '`packages` for CRI-O, or `criDockerd` where nothing needs it',
      remedy: 'Remove it',
    },
    'container-runtime/drop-in': {
      severity: 'error',
      what: "A drop-in that keeps containerd from starting, or that replaces hakube's own section",
      remedy: 'See the message',
      source: 'containerd-config.toml(5)',
    },
    'container-runtime/drop-in-unread': {
      severity: 'warning',
      what: 'A drop-in of containerd, or a setting in it, has no effect',
      remedy: 'See the message',
      source: 'containerd-config.toml(5)',
    },
    'container-runtime/too-new': {
      severity: 'error',
      what: 'Kubernetes before 1.23 with containerd 2',
      remedy: "Use the distribution's own containerd, or a newer Kubernetes",
      source: 'containerd docs/containerd-2.0.md',
    },
    'container-runtime/too-old': {
      severity: 'error',
      what: "The distribution's containerd 1.x with Kubernetes after 1.37",
      remedy: 'Use `docker`',
      source: 'kubernetes/kubernetes#139121',
    },
    'container-runtime/last-releases': {
      severity: 'warning',
      what: "The distribution's containerd 1.x with Kubernetes 1.36 or 1.37, the last releases that support it",
      remedy: 'Use `docker`',
      source: 'kubernetes/kubernetes#139121',
    },
  },
} as const satisfies CodeSection
