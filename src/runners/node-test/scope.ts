/** The scope of a test or hook of node:test, as findings name it. */

import type { TestScope } from '../session/session.ts'
import type { NodeTest, NodeTestContext } from './classes.ts'

/** `context` is what its function gets. Hooks around each test get that of the test. `main`: the file if nothing else says it. */
export function scopeOf({ hookType, loc }: NodeTest, context: NodeTestContext, main: string): TestScope {
  const file = context.filePath ?? loc?.file ?? main
  return { file, name: nameOf(context), hook: hookType ?? null, allowed: null }
}

function nameOf(context: NodeTestContext): string | null {
  try {
    const { fullName } = context
    return fullName === undefined || fullName === '<root>' ? null : fullName
  } catch {
    // the context of the root throws, up to Node 22
    return null
  }
}
