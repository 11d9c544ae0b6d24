import type { CodeSection } from './section.ts'

export const featureGatesCodes = {
  title: 'Feature gates',
  codes: {
    'feature-gates/unknown': {
      severity: 'error or warning',
      what: 'The release has no such feature gate; a warning for a release newer than hakube knows',
      remedy: 'Use the name that the message suggests, or remove it',
      source: 'Kubernetes, feature gates',
    },
    'feature-gates/release': {
      severity: 'error',
      what: 'A feature gate that this release does not have yet, or no longer has: components do not start with it',
      remedy: 'Remove it',
      source: 'Kubernetes, feature gates (removed)',
    },
    'feature-gates/locked': {
      severity: 'error',
      what: 'A feature gate that this release locks to the other value',
      remedy: 'Remove it',
      source: 'Kubernetes, feature gates',
    },
  },
} as const satisfies CodeSection
