import type { ReportFormat } from '../../report/formats/list.ts'
import type { Destination } from '../../report/output/choose-format.ts'
import { isRunByAgent } from './environment.ts'

/** What commands print reports in where no format is given: text, which a coding agent gets without its frames and in few lines. */
export async function usualFormat({ isTerminal }: Destination): Promise<ReportFormat> {
  return !isTerminal && (await isRunByAgent()) ? 'agent' : 'text'
}

/** For the help. */
export const usualFormatText = 'default: "text", or "agent" where a coding agent runs it'
