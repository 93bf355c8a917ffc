/** `leakwatch show`: prints saved reports. */
import { Command, Option } from 'commander'
import { standardOutput } from '../report/choose-format.ts'
import { writeAll } from '../report/write.ts'
import { formats, formattedAll, type ReportFormat } from './formatted.ts'
import { savedReports } from './saved-reports.ts'

export function showCommand(): Command {
  return new Command('show')
    .description('prints saved reports')
    .argument('<file or folder...>', 'what LEAKWATCH_OUT has saved: a report, or a folder of them')
    .addOption(new Option('--format <format>', 'how to print them').choices(formats).default('text'))
    .action((paths: string[], { format }: { format: ReportFormat }) => {
      for (const piece of formattedAll(paths.flatMap(savedReports), format, standardOutput())) {
        // A reader that has gone wants no more.
        if (!writeAll(1, piece)) return
      }
    })
}
