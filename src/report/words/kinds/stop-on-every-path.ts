import type { Phrases } from './words.ts'

/** The fix of what runs and has to be stopped. */
export function stopOnEveryPath(phrases: Phrases): string {
  const { name, stopCall, strayStop, isLease, isCore, orUsing, startedAt, asElsewhere, endingHook } = phrases
  if (endingHook !== null) return `Call ${stopCall} in an \`${endingHook}\`${startedAt}.`
  if (isCore) return `Call ${stopCall} when it is no longer needed${startedAt}${asElsewhere}.`
  if (strayStop !== null) return `Call ${stopCall} on the ${name} that runs${startedAt}: ${strayStop}.`
  if (isLease)
    return `Give it back on every path${asElsewhere}: call ${stopCall} in a \`finally\`${startedAt}.`
  return `Stop it on every path${asElsewhere}: call ${stopCall} in a \`finally\`${orUsing}${startedAt}.`
}
