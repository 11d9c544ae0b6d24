import { z } from 'zod'

/** Arguments of a program by name. Numbers and booleans need no quotes. */
export const componentArguments = (description: string) =>
  z
    .record(z.string(), z.union([z.string(), z.int(), z.boolean()]))
    .meta({ description })
    .optional()

type Given = Readonly<Record<string, string | number | boolean>>

/** The same with values as on the command line. */
export const argumentTexts = (given: Given = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))
