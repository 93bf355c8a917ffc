/** Explanations for people. */
import type { Example } from './explanation-examples.ts'
import { type Explanation, explanations } from './explanations.ts'
import { wrap } from './layout.ts'
import { type Page, rowLines, titled } from './page.ts'

export function formatExplanation(page: Page, explanation: Explanation): string {
  const { kind, summary, meaning, causes, fixes } = explanation
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

/** Code is not wrapped: it is narrow, and to be pasted. */
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

/** Every kind, with its one sentence. */
export function formatKinds({ width, paint }: Page): string {
  const lines = Object.values(explanations).flatMap(({ kind, summary }) =>
    wrap(summary, width - kindWidth - 2).map(
      (line, index) => `  ${paint('title', (index === 0 ? kind : '').padEnd(kindWidth))}${line}`,
    ),
  )
  return `The kinds of findings; \`leakwatch explain <kind>\` tells more of one.\n\n${lines.join('\n')}\n`
}
