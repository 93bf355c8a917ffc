/** Whether a timer's callback goes round: by its text or name it calls the function that made the timer, or hands it on. */
import { isInternal, type PlainFrame } from '../stacks/frames.ts'

/** How many of the innermost functions on the stack may be meant. */
const makersLooked = 3

export function callsMaker(
  stack: { readonly frames: readonly PlainFrame[] } | null,
  text: string,
  name: string,
): boolean {
  const frames = stack?.frames.filter((frame) => !isInternal(frame)) ?? []
  return frames.slice(0, makersLooked).some((frame) => {
    // `Poller.poll [as _onTimeout]` is `poll`.
    const maker = (frame.function ?? '').replace(/ \[as .*\]$/, '').replace(/^.*\./, '')
    return maker !== '' && (maker === name || mentions(text, maker))
  })
}

function mentions(text: string, name: string): boolean {
  const word = name.replace(/[$#()[\]{}*+?.\\^|]/g, '\\$&')
  return new RegExp(`(?<![\\w$])${word}(?![\\w$])`).test(text)
}
