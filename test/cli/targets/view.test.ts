import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { otherProcess } from '../../../src/cli/targets/other-process.ts'
import { View } from '../../../src/cli/targets/view.ts'
import type { WatchedProcess } from '../../../src/cli/targets/watched-process.ts'
import { enterFolder } from '../../../src/processes/presence/folder.ts'
import { until } from '../../e2e/program.ts'
import { Place } from '../../e2e/running.ts'

/** Does `answer` with the folder and the name of each request, whenever it is asked. */
const program = (answer: string) => `
import { readdirSync, renameSync, writeFileSync } from 'node:fs'
let signals = 0
process.on('SIGUSR2', () => {
  signals += 1
  const name = readdirSync(process.env.FOLDER).find((each) => each.endsWith('.request'))
  const path = process.env.FOLDER + '/' + name
  ${answer}
})
process.stdin.resume()
process.stdout.write('ready\\n')
`

describe.skipIf(process.platform !== 'linux')('a view', () => {
  const place = new Place()
  const folders: string[] = []
  afterAll(async () => {
    await place.clear()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  async function viewOf(answer: string): Promise<{ view: View; files: () => string[] }> {
    const path = mkdtempSync(join(tmpdir(), 'leakwatch-view-'))
    folders.push(path)
    const { pid } = await place.start(program(answer), { flags: [], env: { FOLDER: path } })
    const watched = {
      seen: otherProcess(pid),
      entry: {
        schema: 'leakwatch-process/1',
        pid,
        signal: 'SIGUSR2',
        service: null,
        main: null,
        node: 'v24',
      },
      base: `${pid}-1.1`,
      folder: enterFolder(path),
    } as WatchedProcess
    return { view: new View(watched), files: () => readdirSync(path) }
  }

  it('asks once where the answer is a report, as that of an earlier leakwatch', async () => {
    const { view, files } = await viewOf("renameSync(path, path.replace('.request', '.answer'))")
    view.ask()
    await until(() => files().some((name) => name.endsWith('.answer')))
    expect(view.answer()).toBeNull()
    for (const _ of [1, 2]) expect(() => view.ask()).toThrow('another version of leakwatch')
    expect(files()).toEqual([])
    view.close()
  })

  it.each([
    ['is no JSON', '{\\n', 'LEAKWATCH_REPORT_INVALID'],
    ['has another shape', '{"schema":"leakwatch-counts/1"}\\n', 'another version of leakwatch'],
    ['is nothing', 'null\\n', 'another version of leakwatch'],
    ['says why there is none', '{"failure":"Error: no"}\\n', 'Error: no'],
  ])('does not trust an answer that %s', async (_, text, message) => {
    const { view, files } = await viewOf(`writeFileSync(path, '${text}')`)
    view.ask()
    let thrown = ''
    await until(() => {
      try {
        view.answer()
      } catch (error) {
        thrown = String(error)
      }
      return thrown !== ''
    })
    expect(thrown).toContain(message)
    view.close()
    expect(files()).toEqual([])
  })

  it('waits for the end of an answer', async () => {
    const { view, files } = await viewOf(`writeFileSync(path, '{"schema":')`)
    view.ask()
    await until(() => files().length === 1)
    expect(view.answer()).toBeNull()
    view.ask()
    expect(view.isRead).toBe(false)
    view.close()
    // The signal may have been on its way.
    expect(files().every((name) => name.endsWith('.withdrawn'))).toBe(true)
  })
})
