/** What commander says of a wrong call, in the form of all other errors. */
import type { Command, CommanderError } from 'commander'
import { errors } from '../../errors/errors.ts'

export function usageError(program: Command, argv: readonly string[], error: CommanderError): string {
  const own = program.commands.find((each) => each.name() === argv[2])
  const name = own === undefined ? 'leakwatch' : `leakwatch ${own.name()}`
  const { message } = error
  const suggestion = /\(Did you mean (.*)\?\)/s.exec(message)?.[1]
  const meant = suggestion
    ?.replace('one of ', '')
    .split(', ')
    .map((each) => `\`${each}\``)
    .join(' or ')
  const next = meant === undefined ? `\`${name} --help\` shows how it is called.` : `Did you mean ${meant}?`
  const [first = '', second = '', third = ''] = [...message.matchAll(/'([^']*)'/g)].map(([, text]) => text)
  switch (error.code) {
    case 'commander.unknownCommand':
      return errors.LEAKWATCH_USAGE.command(
        program.commands.map((each) => `\`${each.name()}\``).join(', '),
        first,
        next,
      )
    case 'commander.unknownOption':
      return errors.LEAKWATCH_USAGE.flag(name, first, next)
    case 'commander.missingArgument':
      return errors.LEAKWATCH_USAGE.missing(`<${first}>`, next)
    case 'commander.optionMissingArgument':
      return errors.LEAKWATCH_USAGE.missing(`\`${first}\``, next)
    case 'commander.invalidArgument':
      // Of an argument, commander names what was given first.
      return message.includes('command-argument value')
        ? errors.LEAKWATCH_USAGE.choice(second, choicesIn(message), first, next)
        : errors.LEAKWATCH_USAGE.choice(first, choicesIn(message), second || third, next)
    default:
      return errors.LEAKWATCH_USAGE.other(name, message.replace(/^error: |\.$/g, ''), next)
  }
}

function choicesIn(message: string): string {
  const choices = /Allowed choices are (.*)\.$/s.exec(message)?.[1] ?? ''
  return choices
    .split(', ')
    .map((each) => `\`${each}\``)
    .join(', ')
}
