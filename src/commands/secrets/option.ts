import { type SecretsChoice, type SecretsSource, secretsSource } from '../../pipeline/secrets.ts'
import type { Purpose } from '../../pipeline/stale-secrets.ts'
import { findKeyFile, type KeyFile } from '../../secrets/age.ts'
import type { Context } from '../context.ts'

/** The key file from the command line or the environment. */
export const keyFileOf = ({ options, environment }: Context): KeyFile | null =>
  findKeyFile(options.text('age-key-file'), environment)

/** Which secrets the command line asks for. */
export const choiceOfSecrets = (context: Context): SecretsChoice =>
  context.options.flag('ephemeral-secrets') ? 'ephemeral' : { keyFile: keyFileOf(context) }

/** The source of secrets that the command line selects. */
export const secretsOf = (context: Context, purpose: Purpose): SecretsSource =>
  secretsSource(choiceOfSecrets(context), purpose)
