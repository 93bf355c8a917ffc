import { describe, expect, it } from 'vitest'
import { parseReportFile, parseReports } from '../../../src/cli/saved/parse-reports.ts'
import { CodedError } from '../../../src/errors/coded-error.ts'
import { sampleReport } from '../../report/sample.ts'
import { fullReport, wrongReports } from './wrong-reports.ts'

const line = JSON.stringify(sampleReport())

function complaintOf(text: string): string {
  try {
    parseReports(text, 'it')
  } catch (error) {
    if (error instanceof CodedError) return error.message
    throw error
  }
  return 'none'
}

describe('the reports in a text', () => {
  it.each([
    ['a report', line, 1],
    ['one on many lines', JSON.stringify(sampleReport(), null, 2), 1],
    ['one a line', `${line}\n${line}\n`, 2],
    ['those in a log', `started\nshop-1  | ${line}\r\n{"level":"info"}\n${line}\nended`, 2],
  ])('%s', (_, text, count) => {
    expect(parseReports(text, 'it')).toEqual(Array(count).fill(sampleReport()))
  })

  it('may have keys and words of a newer leakwatch', () => {
    const newer = { ...sampleReport(), schema: 'leakwatch/1.12', weather: { sky: 'blue' }, trigger: 'noon' }
    expect(parseReports(JSON.stringify(newer), 'it')).toEqual([newer])
  })

  it('are whole, or named in one line', () => {
    const { process: _process, ...headless } = sampleReport()
    expect(
      [
        '',
        'nothing of ours',
        '[]',
        'null',
        line.replace('leakwatch/1', 'leakwatch/12'),
        JSON.stringify(headless),
        JSON.stringify({ ...sampleReport(), at: 'noon' }),
        JSON.stringify({ ...sampleReport(), engines: [null] }),
        `a log\n${line}\n${line.slice(0, 300)}`,
        '{"event":"leakwatch.finding"}\n{"event":"leakwatch.summary"}\n',
      ].map((text) => complaintOf(text).replace(/got .*JSON.*/, 'got <syntax>')),
    ).toMatchInlineSnapshot(`
      [
        "LEAKWATCH_REPORT_NONE: expected it to be a report; got nothing",
        "LEAKWATCH_REPORT_NONE: expected reports among the lines of it; got none",
        "LEAKWATCH_REPORT_INVALID: expected it to be a report with schema \`leakwatch/1\`; got something else",
        "LEAKWATCH_REPORT_INVALID: expected it to be a report with schema \`leakwatch/1\`; got something else",
        "LEAKWATCH_REPORT_INVALID: expected it to be a report with schema \`leakwatch/1\`; got \`leakwatch/12\`",
        "LEAKWATCH_REPORT_INVALID: expected it to be a whole report; got one with \`process\`: nothing",
        "LEAKWATCH_REPORT_INVALID: expected it to be a whole report; got one with \`at\`: "noon"",
        "LEAKWATCH_REPORT_INVALID: expected it to be a whole report; got one with \`engines\`: [null]",
        "LEAKWATCH_REPORT_UNREADABLE: expected report 2 of it to be whole; got <syntax>",
        "LEAKWATCH_REPORT_UNREADABLE: expected it to be a report; got the events of \`LEAKWATCH_FORMAT=ndjson\`: save reports with \`LEAKWATCH_OUT\`, or print them with \`LEAKWATCH_FORMAT=json\`",
      ]
    `)
  })
})

it('JSON of other tools is told from a report that cannot be read', () => {
  expect(['{"name":"shop"}', '[1]', line].map((text) => parseReportFile(text, 'it').length)).toEqual([
    0, 0, 1,
  ])
  for (const text of [line.slice(0, 99), '{"schema":"leakwatch/9"}'])
    expect(() => parseReportFile(text, 'it')).toThrow(CodedError)
})

describe('a report with a wrong type', () => {
  it('is named in one line, whatever of it is wrong', () => {
    const wrong = wrongReports()
    expect(wrong.length).toBeGreaterThan(300)
    const bad = wrong
      .map(({ what, text }) => ({ what, line: complaintOf(text) }))
      .filter(({ line }) => !/^LEAKWATCH_REPORT_INVALID: .* got one with `[\w.[\]]+`: .{1,60}$/.test(line))
    expect(bad).toEqual([])
  })

  it('and one with all that a report may have is right', () => {
    expect(parseReports(JSON.stringify(fullReport()), 'it')).toEqual([fullReport()])
  })

  it('may nest whatever it nests', () => {
    const deep = '['.repeat(5e6) + ']'.repeat(5e6)
    const lines = ['['.repeat(100), ']'.repeat(100)].join('\n')
    expect(
      [
        deep,
        `${line.slice(0, -1)},"more":${deep}}`,
        line.replace('"handles":[', `"handles":[${deep},`),
        lines,
      ].map(complaintOf),
    ).toEqual([
      'LEAKWATCH_REPORT_UNREADABLE: expected it to be a report; got JSON that is more than 100 levels deep',
      'LEAKWATCH_REPORT_UNREADABLE: expected it to be a report; got JSON that is more than 100 levels deep',
      'LEAKWATCH_REPORT_UNREADABLE: expected it to be a report; got JSON that is more than 100 levels deep',
      'LEAKWATCH_REPORT_INVALID: expected it to be a report with schema `leakwatch/1`; got something else',
    ])
  })
})
