/** What the commands ask of their environment. */
import { type Destination, isColoured } from '../report/choose-format.ts'
import { readSettings } from '../settings.ts'

/** What a command is run with, but for what `run` adds. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return process.env
}

/** Whether text is coloured: what `NO_COLOR`, `FORCE_COLOR` and the terminal ask for. */
export function coloured({ isTerminal }: Destination): boolean {
  return isColoured(readSettings(process.env, '').settings.colour, isTerminal)
}

/** The checkout: what CI's paths are relative to. */
export function workspace(): string {
  return process.env.GITHUB_WORKSPACE || process.cwd()
}

/** `LEAKWATCH_OUT`, as the environment or a config file says it. */
export function savedTo(): string | null {
  return readSettings(process.env, process.cwd()).settings.out
}
