/** Counts what runs by the saved reports of any number of processes. No more than one of them is kept at a time. */
import type { CodedError } from '../../errors/coded-error.ts'
import {
  addReport,
  emptyInventory,
  type Inventory,
  identities,
  inventoryOf,
  orderOf,
  type Which,
} from '../../report/model/inventory.ts'
import { cleanReport } from '../../report/schema/clean-report.ts'
import { NoReportsFound } from './parse-reports.ts'
import { eachFile, isSavedFolder, readReports, reportsInFile } from './read-reports.ts'

export interface Counted {
  /** In the order in which they were asked for. */
  inventories: Inventory[]
  /** How many reports there are. */
  reports: number
}

interface Entry {
  file: string
  /** In the file. */
  index: number
  at: string
  processes: string[]
}

/**
 * The inventories of a file, of standard input, or of a folder: by the last report of each process, or the first.
 * @throws CodedError if a report cannot be read: the others alone would be wrong. `mayBeNone`: a folder may be empty, as it is where
 * nothing leaked.
 */
export async function inventoriesAt(
  path: string,
  asked: readonly Which[],
  mayBeNone: boolean,
): Promise<Counted> {
  const complain = (error: CodedError): void => {
    if (!(mayBeNone && error instanceof NoReportsFound)) throw error
  }
  if (!isSavedFolder(path)) {
    const { reports, complaints } = await readReports(path)
    complaints.forEach(complain)
    return { inventories: asked.map((which) => inventoryOf(reports, which)), reports: reports.length }
  }
  const entries = entriesOf(path, complain)
  return { inventories: asked.map((which) => inventoryFrom(entries, which)), reports: entries.length }
}

/** Reads all of them once: a damaged one is noticed, and what is not needed is forgotten. */
function entriesOf(folder: string, complain: (error: CodedError) => void): Entry[] {
  const entries: Entry[] = []
  for (const { file, reports } of eachFile(folder, complain))
    for (const [index, report] of reports.entries())
      entries.push({ file, index, at: report.at, processes: identities(report) })
  return entries
}

function inventoryFrom(entries: readonly Entry[], which: Which): Inventory {
  const inventory = emptyInventory()
  for (const { file, index, processes } of entries.toSorted(orderOf(which))) {
    if (processes.every((each) => inventory.processes.has(each))) continue
    const report = reportsInFile(file)[index]
    if (report !== undefined) addReport(inventory, cleanReport(report))
  }
  return inventory
}
