/** Explanations for people. */
import { type Example, type Explanation, explanations } from './kinds/words.ts'
import { wrap } from './layout.ts'
import { type Page, rowLines, titled } from './page.ts'

export function formatExplanation(page: Page, kind: string, explanation: Explanation): string {
  const { summary, meaning, causes, fixes } = explanation
  const lines = [
    ...titled(page, { mark: '✖', tone: 'leak', title: summary, label: kind }),
    '',
    ...rowLines(page, [{ label: 'means', lines: [meaning] }]),
    '',
    ...rowLines(page, [{ label: 'causes', lines: [...causes] }]),
    '',
    ...rowLines(page, [{ label: 'fix', lines: [...fixes] }]),
    ...explanation.examples.flatMap((each) => ['', ...exampleLines(page, each)]),
  ]
  return `${lines.join('\n')}\n`
}

/** Code is not wrapped: it is narrow, and people paste it. */
function exampleLines({ paint }: Page, { title, before, after }: Example): string[] {
  const code = (text: string) => text.split('\n').map((line) => (line === '' ? '' : `      ${line}`))
  return [
    `    ${paint('title', title)}`,
    '',
    `    ${paint('label', 'before')}`,
    ...code(before),
    '',
    `    ${paint('label', 'after')}`,
    ...code(after),
  ]
}

const kindWidth = 17

/** All kinds, each with one sentence. */
export function formatKinds({ width, paint }: Page): string {
  const lines = explanations().flatMap(({ kind, explanation }) =>
    wrap(explanation.summary, width - kindWidth - 2).map(
      (line, index) => `  ${paint('title', (index === 0 ? kind : '').padEnd(kindWidth))}${line}`,
    ),
  )
  return `The kinds of findings; \`leakwatch explain <kind>\` explains one.\n\n${lines.join('\n')}\n`
}
