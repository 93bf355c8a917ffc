/** What a report format tells of itself. */
import type { Steps } from '../../core/time/steps.ts'
import type { Finding, Report } from '../schema/report.ts'

export interface Format {
  /** Its text is about all reports together; else each report has one of its own. */
  readonly isDocument: boolean
  /** Stands between two texts. */
  readonly separator?: string
  /** The text of one report; of a document, of any number. */
  rendering(reports: readonly Report[], output: Output): Steps<string>
}

/** Where the text goes. */
export interface Output {
  /** Columns. */
  width: number
  isColoured: boolean
  /** The text is read later, or elsewhere: it says when and where. */
  isDated: boolean
  /** Whether a text before this one shows the finding with its places. */
  isShown?(finding: Finding): boolean
  /** The checkout, an absolute path: what CI's paths are relative to. */
  workspace(): string
}
