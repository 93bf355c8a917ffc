/** What the commands need to know of their environment. */
import { type Destination, isColoured } from '../../report/output/choose-format.ts'
import { readSettings } from '../../settings/settings.ts'

/** The variables that `run` passes to the command, to which it adds its own. */
export function environment(): NodeJS.ProcessEnv {
  return process.env
}

/** Whether text has colours: `NO_COLOR`, `FORCE_COLOR` and the terminal decide. */
export function isOutputColoured({ isTerminal }: Destination): boolean {
  return isColoured(readSettings(process.env, '').settings.colour, isTerminal)
}

/** Whether a coding agent runs the command, as its variables tell. */
export async function isRunByAgent(): Promise<boolean> {
  const { detectAgent } = await import('std-env')
  return detectAgent().name !== undefined
}

/** The checkout, to which CI's paths are relative. */
export function workspaceFolder(): string {
  return process.env.GITHUB_WORKSPACE || process.cwd()
}

/** `LEAKWATCH_OUT`, from the environment or the config file. */
export function savedReportsPath(): string | null {
  return readSettings(process.env, process.cwd()).settings.out
}
