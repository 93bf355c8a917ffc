/** Explanations of a kind of finding as text and as Markdown. */
import type { Explanation } from './kinds/words.ts'

/** Whole, as plain text without line breaks of its own. */
export function explanationText(explanation: Explanation): string {
  const { meaning, causes, fixes } = explanation
  return [
    meaning,
    'How it comes about:',
    ...causes.map(item),
    'What to do:',
    ...fixes.map(item),
    ...explanation.examples.flatMap(({ title, before, after }) => [
      `${title}.`,
      'Before:',
      before,
      'After:',
      after,
    ]),
  ].join('\n')
}

export function explanationMarkdown(explanation: Explanation): string {
  const { meaning, causes, fixes } = explanation
  return [
    meaning,
    `**How it comes about**\n\n${causes.map(item).join('\n')}`,
    `**What to do**\n\n${fixes.map(item).join('\n')}`,
    ...explanation.examples.map(
      ({ title, before, after }) =>
        `**${title}**\n\nBefore:\n\n\`\`\`js\n${before}\n\`\`\`\n\nAfter:\n\n\`\`\`js\n${after}\n\`\`\``,
    ),
  ].join('\n\n')
}

function item(text: string): string {
  return `- ${text}`
}
