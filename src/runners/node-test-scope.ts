/** A test or hook of node:test, as findings name it. */
import type { NodeTest, NodeTestContext } from './node-test-classes.ts'
import type { TestScope } from './session.ts'

/** `context` is what is handed to it: of hooks around each test, the test's. `main`: the file where nothing tells. */
export function scopeOf({ hookType, loc }: NodeTest, context: NodeTestContext, main: string): TestScope {
  const file = context.filePath ?? loc?.file ?? main
  return { file, name: nameOf(context), hook: hookType ?? null, allowed: null }
}

function nameOf(context: NodeTestContext): string | null {
  try {
    const { fullName } = context
    return fullName === undefined || fullName === '<root>' ? null : fullName
  } catch {
    // the root's, up to Node 22
    return null
  }
}
