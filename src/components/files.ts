import type { Component } from '../assembly/component.ts'

export const files: Component = {
  name: 'files',
  purpose: "Files of the profile's own.",
  appliesTo: (_cluster, { settings }) => settings.files.length > 0,
  contribute: (_cluster, { settings }) => ({ files: settings.files }),
}
