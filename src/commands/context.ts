/** Where a command writes to. Data goes to stdout, talk to stderr. */
export type Output = {
  write(text: string): void
  /** A person is looking: progress bars and colour make sense. */
  terminal: boolean
  colour: boolean
  columns: number
  /** For bytes, and for what draws on a terminal by itself, as a progress bar does. */
  stream: NodeJS.WritableStream
}

/** `stop` comes from SIGINT, SIGTERM and SIGQUIT; from SIGHUP too until a command takes that for a wish to reload. */
export type Signals = {
  /** Aborted when the user or the system wants an end. */
  stop: AbortSignal
  /** Calls back at each wish to read everything again, until the command ends. */
  onReload(listener: () => void): void
}

export type Options = {
  /** Value of an option, or its default; null when it has neither. */
  text(name: string): string | null
  /** All values of an option that can be given several times. */
  texts(name: string): readonly string[]
  flag(name: string): boolean
}

/** All that a command sees of the outside, so that a test can give it another outside. */
export type Context = {
  parameters: readonly string[]
  options: Options
  stdout: Output
  stderr: Output
  environment: Readonly<Record<string, string | undefined>>
  /** Version of hakube. */
  version: string
  /** What starts hakube: a program, and the words before the command. */
  program: readonly string[]
  signals: Signals
}

/** What a shell sees at the end. 70 is EX_SOFTWARE of sysexits.h, 130 what bash makes of SIGINT. */
export const exit = {
  success: 0,
  invalidInput: 1,
  usage: 2,
  timeout: 3,
  internalError: 70,
  interrupted: 130,
} as const

export type Command = (context: Context) => Promise<number>

/** The value of an option with choices, which the command line has checked. */
export function choiceOf<const Choice extends string>(
  options: Options,
  name: string,
  choices: readonly Choice[],
): Choice {
  const text = options.text(name)
  const choice = choices.find((each) => each === text)
  if (choice === undefined) throw new Error(`--${name} has the value ${text}`)
  return choice
}
