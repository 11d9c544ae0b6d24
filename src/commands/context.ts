/** An output stream of a command. Data goes to stdout, messages to stderr. */
export type Output = {
  write(text: string): void
  /** It is a terminal, so that progress bars and colour are useful. */
  terminal: boolean
  colour: boolean
  columns: number
  /** For bytes, and for libraries that draw on a terminal themselves, such as the progress bar. */
  stream: NodeJS.WritableStream
}

/** `stop` comes from SIGINT, SIGTERM and SIGQUIT; also from SIGHUP, unless a command listens for reloads. */
export type Signals = {
  /** Aborted when the user or the system ends the command. */
  stop: AbortSignal
  /** Calls the listener at each request to reload, until the command ends. */
  onReload(listener: () => void): void
}

export type Options = {
  /** The value of an option, or its default; null if it has neither. */
  text(name: string): string | null
  /** All values of an option that can be given several times. */
  texts(name: string): readonly string[]
  flag(name: string): boolean
}

/** Everything that a command uses of its surroundings, so that tests can replace it. */
export type Context = {
  parameters: readonly string[]
  options: Options
  stdout: Output
  stderr: Output
  environment: Readonly<Record<string, string | undefined>>
  /** Version of hakube. */
  version: string
  /** How hakube was started: a program, and the words before the command. */
  program: readonly string[]
  signals: Signals
}

/** Exit codes. 70 is EX_SOFTWARE of sysexits.h; 130 is what bash reports for SIGINT. */
export const exit = {
  success: 0,
  invalidInput: 1,
  usage: 2,
  timeout: 3,
  internalError: 70,
  interrupted: 130,
} as const

export type Command = (context: Context) => Promise<number>

/** The value of an option with choices, which the command line has validated. */
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
