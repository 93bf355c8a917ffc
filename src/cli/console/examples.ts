/** The examples below each command's help. */

/** Command lines and what each is for, in 80 columns. */
export function examples(lines: readonly (readonly [command: string, purpose: string])[]): string {
  const widest = Math.max(...lines.map(([command]) => command.length))
  const isNarrow = lines.every(([, purpose]) => widest + purpose.length + 6 <= 80)
  const shown = lines.map(([command, purpose]) =>
    isNarrow ? `  ${command.padEnd(widest)}  # ${purpose}` : `  # ${purpose}\n  ${command}`,
  )
  return `\nExamples:\n${shown.join('\n')}`
}
