/*
 * Settings of a profile with which a component cannot work. A component declares them in its part; `hakube check` and `assemble` compare
 * the profile with them (`conflicts/`).
 */

/** A kernel argument with which a component cannot work. */
export type RefusedArgument = {
  /** What stands before `=`, or the whole word. */
  name: string
  /** Any of these items of its value; absent: any value, or none. */
  values?: readonly string[]
  /** Only where its value is a list without this item. */
  without?: string
  /** Only where its value is an amount of memory of fewer bytes. */
  below?: number
  /** Ends the sentence `… and NAME cannot work with it: `. */
  reason: string
}

/** Values of a kernel setting with which a component cannot work; any other one is as good, and hakube sets none. */
export type RefusedSysctl = {
  /** With dots; may have patterns (glob(7)). */
  key: string
  /** Keys that the pattern stands for and that may have any value. */
  except?: readonly string[]
  /** This value. */
  value?: string
  /** Every lower number. */
  below?: number
  /** Every other value, where a program of the machine writes this one whenever it starts. Only of `sysctls`, which a check compares. */
  otherThan?: string
  /** Ends the sentence `… and NAME cannot work with it: `. */
  reason: string
}

/** A command that undoes what a component does. Plain data, so that machines that declare the same share it. */
export type RefusedCommand = {
  /** Names of programs, without their directory. */
  programs: readonly string[]
  /** Words among its arguments: all of any of these lists; absent: whatever they are. */
  having?: readonly (readonly string[])[]
  /** It only shows something with fewer arguments. */
  wordsAtLeast?: number
  /** It is harmless with any of these words. */
  unless?: readonly string[]
  /** What it does, behind "this": `turns swap on`. */
  does: string
  /** Goes on behind the component's name: `needs it off: the kubelet does not start`. */
  need: string
  hint?: string
  /** The step that does the right thing again when it runs later. */
  setRightBy?: string
}
