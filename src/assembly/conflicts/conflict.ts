import type { Code } from '../../diagnostics/codes/index.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'

/** A position in the profile, as a diagnostic has it. */
export type Place = Pick<Diagnostic, 'path' | 'onKey' | 'part' | 'hidden'>

/** A setting of the profile with which a component of one machine cannot work. */
export type Conflict = {
  code: Code
  place: Place
  /** What the profile does, as a sentence: `net.ipv4.ip_forward is 0`. */
  what: string
  component: string
  /** Continues the sentence after the component's name: `needs it to be 1: kubeadm refuses to start without it`. */
  need: string
  hint: string
  source?: string
}
